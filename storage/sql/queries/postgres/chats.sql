-- name: ended_chats(chats)
-- `chats` is a JSON array of ids.
SELECT id FROM chats WHERE ended_at IS NOT NULL AND id = ANY (ARRAY(SELECT json_array_elements_text(CAST(:chats AS json))));
