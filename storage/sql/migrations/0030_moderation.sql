-- Reports, levels, holds, the review list. Expand only. Times are Unix seconds. The rules are in domain/trust/.

-- `counts`: what is left of the weight, halved by each step and 0 once rejected. `seen_at`: when the reporter first came here.
-- `minor`: whether the reporter was under 18. Kept for 180 days, and as long as there is evidence.
CREATE TABLE reports (
    number BIGINT NOT NULL PRIMARY KEY,
    reporter_id BIGINT NOT NULL,
    reporter_bot BIGINT NOT NULL,
    reported_id BIGINT NOT NULL,
    reported_bot BIGINT NOT NULL,
    chat_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    counts DOUBLE PRECISION NOT NULL,
    seen_at DOUBLE PRECISION NOT NULL,
    minor BOOLEAN NOT NULL,
    made_at DOUBLE PRECISION NOT NULL,
    verdict TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at DOUBLE PRECISION,
    UNIQUE (chat_id, reporter_id, reported_id)
);

CREATE INDEX reports_reported ON reports (reported_id, made_at);
CREATE INDEX reports_reporter ON reports (reporter_id, made_at);
CREATE INDEX reports_made ON reports (made_at);

-- What was said, sealed (storage/secrets.py) with the context "report N". Deleted when `expires_at` has come.
CREATE TABLE report_evidence (
    number BIGINT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX report_evidence_expires ON report_evidence (expires_at);
CREATE INDEX report_evidence_key ON report_evidence (key_id);

-- How far up the ladder somebody is, by the last step and when it was taken. Also the lock that reports of one person queue for.
CREATE TABLE trust_levels (
    user_id BIGINT NOT NULL PRIMARY KEY,
    level INTEGER NOT NULL,
    stepped_at DOUBLE PRECISION NOT NULL,
    touched_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX trust_levels_touched ON trust_levels (touched_at);

-- Who may not search until a person decides.
CREATE TABLE holds (
    user_id BIGINT NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,
    report BIGINT,
    since DOUBLE PRECISION NOT NULL
);

-- What a person should look at, and where `wanted` is false what is only noted. One open item of a person and rule. Kept for 180
-- days after it is closed, or noted last.
CREATE TABLE review_items (
    number BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    rule TEXT NOT NULL,
    detail TEXT NOT NULL,
    report BIGINT,
    urgent BOOLEAN NOT NULL,
    wanted BOOLEAN NOT NULL,
    times INTEGER NOT NULL,
    opened_at DOUBLE PRECISION NOT NULL,
    noted_at DOUBLE PRECISION NOT NULL,
    renewed_at DOUBLE PRECISION,
    closed_by TEXT NOT NULL,
    closed_at DOUBLE PRECISION
);

CREATE INDEX review_items_report ON review_items (report) WHERE report IS NOT NULL;
CREATE UNIQUE INDEX review_items_open ON review_items (user_id, rule) WHERE closed_at IS NULL;
CREATE INDEX review_items_noted ON review_items (noted_at);

-- Whose ban or hold has changed, until pool and sessions were told.
CREATE TABLE standing_changes (
    user_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- How many chats somebody had in the last days.
CREATE INDEX chats_first ON chats (first_user, started_at);
CREATE INDEX chats_second ON chats (second_user, started_at);
