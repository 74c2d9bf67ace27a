-- The audit as a chain: each act has the hash of the act before it. Expand only.

-- `address` and `browser`: from where; empty where that is not known. `previous`: hash of the act before. `hash`: of this act with
-- `previous`, in hexadecimal; empty where an older release wrote the act (`storage/sql/review/chain.py`).
ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN previous TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';

CREATE INDEX audit_who ON audit (who, id);
CREATE INDEX audit_act ON audit (act, id);

-- Number and hash of the last act, in one row, so that it shows where the last acts were deleted.
CREATE TABLE audit_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    hash TEXT NOT NULL
);
