-- name: open_chats*!
-- Fills in the members where the end was recorded first. A chat that has its members stays as it is.
INSERT INTO chats (id, first_user, first_bot, second_user, second_bot, started_at)
VALUES (:chat, :first_user, :first_bot, :second_user, :second_bot, :started)
ON CONFLICT (id) DO UPDATE SET
    first_user = excluded.first_user, first_bot = excluded.first_bot,
    second_user = excluded.second_user, second_bot = excluded.second_bot, started_at = excluded.started_at
WHERE chats.first_user IS NULL;

-- name: end_chats*!
-- An end that is recorded stays as it is.
INSERT INTO chats (id, ended_at, why) VALUES (:chat, :now, :why)
ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, why = excluded.why
WHERE chats.ended_at IS NULL;

-- name: find_chat(chat)^
SELECT id, first_user, first_bot, second_user, second_bot, started_at FROM chats WHERE id = :chat AND first_user IS NOT NULL;

-- name: page_of_live_chats(started, chat, count)
-- The next live chats after (started, chat), the newest first.
SELECT id, first_user, first_bot, second_user, second_bot, started_at FROM chats
WHERE ended_at IS NULL AND started_at <= :started AND (started_at < :started OR id < :chat)
ORDER BY started_at DESC, id DESC LIMIT :count;

-- name: purge_chats(before, count)!
-- `count` at a time, so that locks are held briefly.
DELETE FROM chats WHERE id IN (
    SELECT id FROM chats WHERE ended_at IS NOT NULL AND ended_at < :before ORDER BY ended_at LIMIT :count
);

-- name: find_past_chat(chat)^
SELECT id, first_user, first_bot, second_user, second_bot, started_at, ended_at FROM chats
WHERE id = :chat AND first_user IS NOT NULL AND second_user IS NOT NULL;

-- name: last_chats(user)
-- The last one as either side.
SELECT * FROM (
    SELECT id, first_user, first_bot, second_user, second_bot, started_at, ended_at FROM chats
    WHERE first_user = :user AND second_user IS NOT NULL ORDER BY started_at DESC LIMIT 1
) AS first
UNION ALL
SELECT * FROM (
    SELECT id, first_user, first_bot, second_user, second_bot, started_at, ended_at FROM chats
    WHERE second_user = :user AND first_user IS NOT NULL ORDER BY started_at DESC LIMIT 1
) AS second;
