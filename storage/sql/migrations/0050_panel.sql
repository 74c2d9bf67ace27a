-- Who may use the panel, and how they log in. Expand only. Times are Unix seconds. Secrets are kept as hashes: cookies, links and
-- tokens are 256 random bits, of which SHA-256 is kept; codes are shorter, of which an HMAC is kept whose key is not in a table.

-- Admins beside those of the settings. Kept until they are removed.
CREATE TABLE panel_admins (
    user_id BIGINT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    added_at DOUBLE PRECISION NOT NULL,
    added_by TEXT NOT NULL
);

-- Log-ins that wait, and acts that wait for an answer in Telegram. `holder`: of a log-in the hash of the browser's cookie, of an act
-- the session and the hash of the request. `code_hash`: empty for acts. `user_id`: whom the browser claims to be, who need not be an
-- admin; 0 for a link that was made on the machine, by `name`. `bot_id`: where the question was asked. `state`: waiting, asked,
-- accepted. Deleted when it is used or refused, or has expired.
CREATE TABLE panel_questions (
    reference TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    act TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX panel_questions_code ON panel_questions (code_hash) WHERE code_hash <> '';
CREATE INDEX panel_questions_expired ON panel_questions (expires_at);

-- Wrong codes in a row, by who sent them. Deleted an hour after the last, or after a right one.
CREATE TABLE panel_failures (
    user_id BIGINT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at DOUBLE PRECISION NOT NULL
);

-- Who is logged in. `user_id` 0: by a link that was made on the machine. `bot_id`: where acts are asked about. Deleted when it ends.
CREATE TABLE panel_sessions (
    reference TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    seen_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX panel_sessions_user ON panel_sessions (user_id);

-- Keys of programs. `user_id` 0: made on the machine. Deleted when they are revoked, or over.
CREATE TABLE panel_tokens (
    name TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    used_at DOUBLE PRECISION
);
