-- name: find_profiles(users)
-- `users` is a JSON array of ids.
SELECT id, language, gender, age, asked, vip_until, banned_until, wishes FROM users
WHERE id IN (SELECT value FROM json_each(:users));
