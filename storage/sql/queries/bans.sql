-- name: find_ban(user)^
SELECT until FROM bans WHERE user_id = :user;

-- name: whole_ban(user)^
SELECT user_id, until, reason, banned_by, note, created_at FROM bans WHERE user_id = :user AND until > 0;

-- name: put_ban(user, until, reason, banned_by, note, now)!
-- Replaces an earlier ban.
INSERT INTO bans (user_id, until, reason, banned_by, note, created_at, told)
VALUES (:user, :until, :reason, :banned_by, :note, :now, FALSE)
ON CONFLICT (user_id) DO UPDATE SET
    until = excluded.until, reason = excluded.reason, banned_by = excluded.banned_by, note = excluded.note,
    created_at = excluded.created_at, told = excluded.told;

-- name: lift_ban(user)!
-- The row goes when the pool knows.
UPDATE bans SET until = 0, told = FALSE WHERE user_id = :user AND until > 0;

-- name: untold_bans(count)
SELECT user_id, until FROM bans WHERE NOT told ORDER BY user_id LIMIT :count;

-- name: ban_told(user, until)!
UPDATE bans SET told = TRUE WHERE user_id = :user AND until = :until;

-- name: page_of_bans(user, now, count)
-- The next bans in force, after that of `user`.
SELECT user_id, until, reason, banned_by, note, created_at FROM bans
WHERE user_id > :user AND until > :now ORDER BY user_id LIMIT :count;

-- name: purge_bans(before, count)!
-- `count` at a time, so that locks are held briefly.
DELETE FROM bans WHERE user_id IN (
    SELECT user_id FROM bans WHERE until < :before AND (told OR until > 0) ORDER BY until LIMIT :count
);
