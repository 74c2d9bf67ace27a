-- What operators decide: bans with words of their own, appeals, who did what. Expand only. Times are Unix seconds.

-- `note`: the operator's own words, for the banned person. `by_person`: whether an operator banned, and not a rule.
ALTER TABLE bans ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE bans ADD COLUMN by_person BOOLEAN NOT NULL DEFAULT FALSE;

-- What somebody says against their ban (/appeal), one for each ban. The ban is the one that they had then. Kept until it is
-- answered, and 90 days after that.
CREATE TABLE appeals (
    id BIGINT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    ban_since DOUBLE PRECISION NOT NULL,
    ban_until DOUBLE PRECISION NOT NULL,
    ban_reason TEXT NOT NULL,
    ban_note TEXT NOT NULL,
    banned_by TEXT NOT NULL,
    by_person BOOLEAN NOT NULL,
    opened_at DOUBLE PRECISION NOT NULL,
    answered_at DOUBLE PRECISION,
    answered_by TEXT NOT NULL,
    verdict TEXT NOT NULL,
    answer TEXT NOT NULL,
    UNIQUE (user_id, ban_since)
);

CREATE INDEX appeals_open ON appeals (id) WHERE answered_at IS NULL;
CREATE INDEX appeals_answered ON appeals (answered_at) WHERE answered_at IS NOT NULL;

-- What operators did, written in the transaction of the act. Rows are added, and never changed. `source`: where it was done, such as
-- cli. `act`: such as ban. `target`: such as user:42. `before` and `after`: JSON. Kept for a year.
CREATE TABLE audit (
    id BIGINT NOT NULL PRIMARY KEY,
    at DOUBLE PRECISION NOT NULL,
    who TEXT NOT NULL,
    source TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);

CREATE INDEX audit_target ON audit (target, id);
CREATE INDEX audit_at ON audit (at);
