-- name: find_peers(bot, users)
-- `users` is a JSON array of ids.
SELECT user_id, access_hash FROM bot_peers WHERE bot_id = :bot AND user_id IN (SELECT value FROM json_each(:users));

-- name: save_peers(bot, hashes)!
-- `hashes` is a JSON object of id and access hash. Rows that stay the same are not written.
INSERT INTO bot_peers (bot_id, user_id, access_hash)
SELECT :bot, CAST(key AS INTEGER), value FROM json_each(:hashes) WHERE true
ON CONFLICT (bot_id, user_id) DO UPDATE SET access_hash = excluded.access_hash
WHERE bot_peers.access_hash <> excluded.access_hash;
