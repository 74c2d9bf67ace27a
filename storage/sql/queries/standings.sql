-- name: standing(user, enough)^
-- When somebody came, and how many chats they have had, counted up to twice `enough`.
SELECT
    created_at,
    (SELECT count(*) FROM (SELECT 1 FROM chats WHERE first_user = :user LIMIT :enough) AS of_first)
    + (SELECT count(*) FROM (SELECT 1 FROM chats WHERE second_user = :user LIMIT :enough) AS of_second)
FROM users WHERE id = :user;

-- name: ids_before(before, count)
SELECT id FROM users WHERE created_at < :before ORDER BY created_at DESC LIMIT :count;
