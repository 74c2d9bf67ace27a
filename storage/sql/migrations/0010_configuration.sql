-- What was saved at run time, over settings.toml, .env and the environment (domain/configuration.py).
-- Of each section one row with the keys that were saved, as a JSON object. A row is never deleted: without keys it stays, empty.
CREATE TABLE configuration (
    section TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    value TEXT NOT NULL,
    changed_at DOUBLE PRECISION NOT NULL,
    changed_by TEXT NOT NULL
);

-- Each version that ever was. Retention: for ever; it is small.
CREATE TABLE configuration_history (
    section TEXT NOT NULL,
    version BIGINT NOT NULL,
    value TEXT NOT NULL,
    changed_at DOUBLE PRECISION NOT NULL,
    changed_by TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (section, version)
);
