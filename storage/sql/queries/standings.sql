-- name: standing(user, enough)^
-- When somebody came, and how many chats they have had, counted up to twice `enough`.
SELECT
    created_at,
    (SELECT count(*) FROM (SELECT 1 FROM chats WHERE first_user = :user LIMIT :enough) AS of_first)
    + (SELECT count(*) FROM (SELECT 1 FROM chats WHERE second_user = :user LIMIT :enough) AS of_second)
FROM users WHERE id = :user;

-- name: ids_before(before, count)
SELECT id FROM users WHERE created_at < :before ORDER BY created_at DESC LIMIT :count;

-- name: is_watched(user, since, chats)$
-- Somebody who came after `since`, had fewer than `chats` chats, or was reported and nobody has decided. Who is unknown is a newcomer.
SELECT NOT EXISTS (SELECT 1 FROM users WHERE id = :user AND created_at <= :since)
    OR EXISTS (SELECT 1 FROM reports WHERE reported_id = :user AND verdict = 'open')
    OR (SELECT count(*) FROM (SELECT 1 FROM chats WHERE first_user = :user LIMIT :chats) AS of_first)
        + (SELECT count(*) FROM (SELECT 1 FROM chats WHERE second_user = :user LIMIT :chats) AS of_second) < :chats;
