-- name: find_profiles(users)
-- `users` is a JSON array of ids.
SELECT id, language, gender, age, asked, vip_until, banned_until, wishes FROM users
WHERE id = ANY (ARRAY(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:users AS json))));
