-- name: find_ban(user)^
SELECT until FROM bans WHERE user_id = :user;

-- name: put_ban(user, until, reason, banned_by, now)!
-- Replaces an earlier ban.
INSERT INTO bans (user_id, until, reason, banned_by, created_at) VALUES (:user, :until, :reason, :banned_by, :now)
ON CONFLICT (user_id) DO UPDATE SET
    until = excluded.until, reason = excluded.reason, banned_by = excluded.banned_by, created_at = excluded.created_at;

-- name: lift_ban(user)!
DELETE FROM bans WHERE user_id = :user;

-- name: page_of_bans(user, now, count)
-- The next bans in force, after that of `user`.
SELECT user_id, until, reason, banned_by FROM bans WHERE user_id > :user AND until > :now ORDER BY user_id LIMIT :count;

-- name: purge_bans(before, count)!
-- `count` at a time, so that locks are held briefly.
DELETE FROM bans WHERE user_id IN (SELECT user_id FROM bans WHERE until < :before ORDER BY until LIMIT :count);
