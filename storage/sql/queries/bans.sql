-- name: find_ban(user)^
SELECT until FROM bans WHERE user_id = :user;

-- name: whole_ban(user)^
SELECT user_id, until, reason, banned_by, note, created_at, by_person FROM bans WHERE user_id = :user;

-- name: put_ban(user, until, reason, banned_by, note, now)!
-- A person's. Replaces an earlier ban.
INSERT INTO bans (user_id, until, reason, banned_by, note, created_at, by_person)
VALUES (:user, :until, :reason, :banned_by, :note, :now, TRUE)
ON CONFLICT (user_id) DO UPDATE SET
    until = excluded.until, reason = excluded.reason, banned_by = excluded.banned_by, note = excluded.note,
    created_at = excluded.created_at, by_person = excluded.by_person;

-- name: put_back_ban(user, until, reason, banned_by, note, since, by_person)!
-- After `lift_ban`.
INSERT INTO bans (user_id, until, reason, banned_by, note, created_at, by_person)
VALUES (:user, :until, :reason, :banned_by, :note, :since, :by_person);

-- name: lift_ban(user)!
DELETE FROM bans WHERE user_id = :user;

-- name: page_of_bans(user, now, count)
-- The next bans in force, after that of `user`.
SELECT user_id, until, reason, banned_by, note, created_at, by_person FROM bans
WHERE user_id > :user AND until > :now ORDER BY user_id LIMIT :count;

-- name: purge_bans(before, count)!
-- `count` at a time, so that locks are held briefly.
DELETE FROM bans WHERE user_id IN (SELECT user_id FROM bans WHERE until < :before ORDER BY until LIMIT :count);
