-- name: note_presence*!
-- At most once an hour, unless it is another bot than before.
UPDATE users SET last_seen = :now, last_bot = :bot
WHERE id = :user AND (last_seen < :now - 3600 OR last_bot <> :bot);

-- name: chats_of_person(user, started, chat, count)
-- The next chats after (started, chat), the newest first.
SELECT * FROM (
    SELECT * FROM (
        SELECT id, first_bot AS bot, second_user AS partner, started_at, ended_at, why FROM chats
        WHERE first_user = :user AND started_at <= :started AND (started_at < :started OR id < :chat)
        ORDER BY started_at DESC, id DESC LIMIT :count
    ) AS as_first
    UNION ALL
    SELECT * FROM (
        SELECT id, second_bot AS bot, first_user AS partner, started_at, ended_at, why FROM chats
        WHERE second_user = :user AND started_at <= :started AND (started_at < :started OR id < :chat)
        ORDER BY started_at DESC, id DESC LIMIT :count
    ) AS as_second
) AS both_sides ORDER BY started_at DESC, id DESC LIMIT :count;

-- name: last_act_on(target)^
SELECT act, who, source, at, before FROM audit WHERE target = :target ORDER BY id DESC LIMIT 1;
