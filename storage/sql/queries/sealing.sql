-- Rows that are encrypted: for each table how many each key has, some that the current key has not encrypted, and one encrypted anew.

-- name: keys_of_bot_sessions()
SELECT key_id, COUNT(*) FROM bot_sessions GROUP BY key_id;

-- name: outdated_bot_sessions(current, count)
SELECT bot_id, key_id, sealed FROM bot_sessions WHERE key_id <> :current ORDER BY bot_id LIMIT :count;

-- name: reseal_bot_sessions(row, key_id, sealed, before)!
-- Changes no row that was written since it was read.
UPDATE bot_sessions SET key_id = :key_id, sealed = :sealed WHERE bot_id = :row AND sealed = :before;

-- name: keys_of_report_evidence()
SELECT key_id, COUNT(*) FROM report_evidence GROUP BY key_id;

-- name: outdated_report_evidence(current, count)
SELECT number, key_id, sealed FROM report_evidence WHERE key_id <> :current ORDER BY number LIMIT :count;

-- name: reseal_report_evidence(row, key_id, sealed, before)!
UPDATE report_evidence SET key_id = :key_id, sealed = :sealed WHERE number = :row AND sealed = :before;

-- name: keys_of_root_keys()
SELECT key_id, COUNT(*) FROM root_keys GROUP BY key_id;

-- name: outdated_root_keys(current, count)
SELECT name, key_id, sealed FROM root_keys WHERE key_id <> :current ORDER BY name LIMIT :count;

-- name: reseal_root_keys(row, key_id, sealed, before)!
UPDATE root_keys SET key_id = :key_id, sealed = :sealed WHERE name = :row AND sealed = :before;

-- name: add_root_key(name, key_id, sealed)!
INSERT INTO root_keys (name, key_id, sealed) VALUES (:name, :key_id, :sealed) ON CONFLICT (name) DO NOTHING;

-- name: find_root_key(name)^
SELECT key_id, sealed FROM root_keys WHERE name = :name;

-- name: keys_of_bots()
SELECT key_id, COUNT(*) FROM bots WHERE key_id IS NOT NULL GROUP BY key_id;

-- name: outdated_bots(current, count)
SELECT bot_id, key_id, sealed FROM bots WHERE key_id <> :current ORDER BY bot_id LIMIT :count;

-- name: reseal_bots(row, key_id, sealed, before)!
UPDATE bots SET key_id = :key_id, sealed = :sealed WHERE bot_id = :row AND sealed = :before;
