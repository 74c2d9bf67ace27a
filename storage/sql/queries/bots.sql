-- name: all_bots()
SELECT bot_id, state, key_id, sealed, username, version, added_at, added_by, changed_at FROM bots ORDER BY added_at, bot_id;

-- name: find_bot(bot)^
SELECT bot_id, state, key_id, sealed, username, version, added_at, added_by, changed_at FROM bots WHERE bot_id = :bot;

-- name: bots_version()$
SELECT COALESCE(MAX(version), 0) FROM bots;

-- name: add_bot(bot, state, key_id, sealed, username, version, now, by)^
-- Answers no row where the bot is there already. One that was removed comes back.
INSERT INTO bots (bot_id, state, key_id, sealed, username, version, added_at, added_by, changed_at)
VALUES (:bot, :state, :key_id, :sealed, :username, :version, :now, :by, :now)
ON CONFLICT (bot_id) DO UPDATE SET
    state = excluded.state, key_id = excluded.key_id, sealed = excluded.sealed, username = excluded.username,
    version = excluded.version, added_at = excluded.added_at, added_by = excluded.added_by, changed_at = excluded.changed_at
WHERE bots.sealed IS NULL
RETURNING bot_id;

-- name: begin_bot_state(bot, pts, qts, date, seq)!
-- A bot that was ours before goes on where it stopped.
INSERT INTO bot_state (bot_id, token, pts, qts, date, seq) VALUES (:bot, 0, :pts, :qts, :date, :seq)
ON CONFLICT (bot_id) DO UPDATE SET pts = excluded.pts, qts = excluded.qts, date = excluded.date, seq = excluded.seq
WHERE bot_state.pts IS NULL;

-- name: rotate_bot(bot, key_id, sealed, username, version, now)^
UPDATE bots SET key_id = :key_id, sealed = :sealed, username = :username, version = :version, changed_at = :now
WHERE bot_id = :bot AND sealed IS NOT NULL AND state <> 'removing'
RETURNING bot_id;

-- name: move_bot(bot, before, state, version, now)^
UPDATE bots SET state = :state, version = :version, changed_at = :now WHERE bot_id = :bot AND state = :before RETURNING bot_id;

-- name: forget_bot_token(bot, version, now)^
UPDATE bots SET state = 'removed', key_id = NULL, sealed = NULL, version = :version, changed_at = :now
WHERE bot_id = :bot AND state = 'removing' RETURNING bot_id;

-- name: forget_bot_session(bot)!
DELETE FROM bot_sessions WHERE bot_id = :bot;

-- name: people_at_bot(bot)
SELECT user_id FROM searches WHERE bot_id = :bot
UNION SELECT first_user FROM chats WHERE ended_at IS NULL AND first_bot = :bot
UNION SELECT second_user FROM chats WHERE ended_at IS NULL AND second_bot = :bot;

-- name: chats_by_bot()
SELECT bot, COUNT(*) FROM (
    SELECT first_bot AS bot FROM chats WHERE ended_at IS NULL AND first_bot IS NOT NULL
    UNION ALL
    SELECT second_bot FROM chats WHERE ended_at IS NULL AND second_bot <> first_bot
) AS sides GROUP BY bot;

-- name: searches_by_bot()
SELECT bot_id, COUNT(*) FROM searches GROUP BY bot_id;
