-- name: find_peers(bot, users)
-- `users` is a JSON array of ids.
SELECT user_id, access_hash FROM bot_peers
WHERE bot_id = :bot AND user_id = ANY (ARRAY(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:users AS json))));

-- name: save_peers(bot, hashes)!
-- `hashes` is a JSON object of id and access hash. All processes lock rows in the same order. Unchanged rows are not written.
INSERT INTO bot_peers (bot_id, user_id, access_hash)
SELECT :bot, CAST(key AS bigint), CAST(value AS bigint) FROM json_each_text(CAST(:hashes AS json)) ORDER BY 2
ON CONFLICT (bot_id, user_id) DO UPDATE SET access_hash = excluded.access_hash
WHERE bot_peers.access_hash <> excluded.access_hash;

-- name: save_states(states)
-- Stores fencing token and state of many bots in one statement. `states` is a JSON array of [bot, token, pts, qts, date, seq], each
-- bot once. Answers the bots for which no later lease was used. All processes lock rows in the same order.
INSERT INTO bot_state (bot_id, token, pts, qts, date, seq)
SELECT CAST(value ->> 0 AS bigint), CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint),
    CAST(value ->> 3 AS bigint), CAST(value ->> 4 AS bigint), CAST(value ->> 5 AS bigint)
FROM json_array_elements(CAST(:states AS json)) ORDER BY 1
ON CONFLICT (bot_id) DO UPDATE SET
    token = excluded.token, pts = excluded.pts, qts = excluded.qts, date = excluded.date, seq = excluded.seq
WHERE bot_state.token <= excluded.token
RETURNING bot_id;
