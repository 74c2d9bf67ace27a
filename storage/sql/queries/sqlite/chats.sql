-- name: ended_chats(chats)
-- `chats` is a JSON array of ids.
SELECT id FROM chats WHERE ended_at IS NOT NULL AND id IN (SELECT value FROM json_each(:chats));
