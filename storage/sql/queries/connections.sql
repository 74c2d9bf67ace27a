-- name: raise_fence(bot, token)^
-- Answers no row where a later lease was used for this bot. Locks the bot's row until the end of the transaction.
INSERT INTO bot_state (bot_id, token) VALUES (:bot, :token)
ON CONFLICT (bot_id) DO UPDATE SET token = excluded.token WHERE bot_state.token <= excluded.token
RETURNING token;

-- name: find_state(bot)^
SELECT pts, qts, date, seq FROM bot_state WHERE bot_id = :bot AND pts IS NOT NULL;

-- name: find_session(bot)^
SELECT key_id, sealed FROM bot_sessions WHERE bot_id = :bot;

-- name: session_keys()
SELECT bot_id, key_id FROM bot_sessions;

-- name: save_session(bot, key_id, sealed, now)!
INSERT INTO bot_sessions (bot_id, key_id, sealed, updated_at) VALUES (:bot, :key_id, :sealed, :now)
ON CONFLICT (bot_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, updated_at = excluded.updated_at;
