-- name: find_profiles(users)
-- `users` is a JSON array of ids. An age on the other side of 18 than the one recorded reads as not given.
SELECT
    users.id, language, gender, asked, wishes,
    CASE WHEN adult IS NULL OR adult = (age >= 18) THEN age END,
    COALESCE(entitlements.vip_until, 0), COALESCE(bans.until, 0), adult, adult_from, COALESCE(changed_at, 0),
    holds.since, media, protected,
    bans.reason, bans.banned_by, bans.note, bans.created_at, bans.by_person
FROM users
LEFT JOIN entitlements ON entitlements.user_id = users.id
LEFT JOIN bans ON bans.user_id = users.id
LEFT JOIN age_sides ON age_sides.user_id = users.id
LEFT JOIN holds ON holds.user_id = users.id
WHERE users.id IN (SELECT value FROM json_each(:users));
