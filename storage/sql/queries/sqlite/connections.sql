-- name: find_peers(bot, users)
-- `users` is a JSON array of ids.
SELECT user_id, access_hash FROM bot_peers WHERE bot_id = :bot AND user_id IN (SELECT value FROM json_each(:users));

-- name: save_peers(bot, hashes)!
-- `hashes` is a JSON object of id and access hash. Unchanged rows are not written.
INSERT INTO bot_peers (bot_id, user_id, access_hash)
SELECT :bot, CAST(key AS INTEGER), value FROM json_each(:hashes) WHERE true
ON CONFLICT (bot_id, user_id) DO UPDATE SET access_hash = excluded.access_hash
WHERE bot_peers.access_hash <> excluded.access_hash;

-- name: save_states(states)
-- Stores fencing token and state of many bots in one statement. `states` is a JSON array of [bot, token, pts, qts, date, seq], each
-- bot once. Answers the bots for which no later lease was used.
INSERT INTO bot_state (bot_id, token, pts, qts, date, seq)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]')
FROM json_each(:states) WHERE true
ON CONFLICT (bot_id) DO UPDATE SET
    token = excluded.token, pts = excluded.pts, qts = excluded.qts, date = excluded.date, seq = excluded.seq
WHERE bot_state.token <= excluded.token
RETURNING bot_id;
