-- Bots that were added at run time, beside those of BOT_TOKENS, and which bots take no new people. Expand only. Times are Unix seconds.

-- `state`: active, draining, removing, removed. `key_id` and `sealed`: the token, encrypted; empty for bots of BOT_TOKENS, of which
-- only the state is kept, and for removed ones. `version` rises over the whole table with each change. Kept for good: a bot that is
-- removed stays, without its token, so that processes that were away learn of it.
CREATE TABLE bots (
    bot_id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    key_id TEXT,
    sealed BYTEA,
    username TEXT NOT NULL,
    version BIGINT NOT NULL,
    added_at DOUBLE PRECISION NOT NULL,
    added_by TEXT NOT NULL,
    changed_at DOUBLE PRECISION NOT NULL
);
