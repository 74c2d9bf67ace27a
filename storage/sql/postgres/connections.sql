-- name: find_peers(bot, users)
-- `users` is a JSON array of ids.
SELECT user_id, access_hash FROM bot_peers
WHERE bot_id = :bot AND user_id = ANY (ARRAY(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:users AS json))));

-- name: save_peers(bot, hashes)!
-- `hashes` is a JSON object of id and access hash. Rows are locked in one order by all; those that stay the same are not written.
INSERT INTO bot_peers (bot_id, user_id, access_hash)
SELECT :bot, CAST(key AS bigint), CAST(value AS bigint) FROM json_each_text(CAST(:hashes AS json)) ORDER BY 2
ON CONFLICT (bot_id, user_id) DO UPDATE SET access_hash = excluded.access_hash
WHERE bot_peers.access_hash <> excluded.access_hash;
