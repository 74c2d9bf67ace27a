-- Bans, VIP and sides of 18 get tables of their own, which no session writes back.
-- Expand only. While a release rolls out, workers of the release before run beside new ones on this schema:
-- * They go on reading and writing `users`, also `users.vip_until` and `users.banned_until`, in whole rows. That is safe for the
--   new tables, which they do not know. New ones never read those two columns again, and never change them.
-- * No command of the release before bans anybody or grants VIP, so that nothing comes into the old columns that would be missing
--   in the new tables. What new workers ban meanwhile, old ones learn from the pool, which refuses the search.
-- * An age that an old worker writes has no row in `age_sides`, or one of the other side: it is read as not given where the two
--   contradict each other, and asked for again.
-- The old columns, and the index `users_banned`, go in a later release.

-- Kept for 180 days after the ban is over; gone at once where it is lifted. Infinity is for ever.
CREATE TABLE bans (
    user_id BIGINT NOT NULL PRIMARY KEY,
    until DOUBLE PRECISION NOT NULL,
    reason TEXT NOT NULL,
    banned_by TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX bans_until ON bans (until);

INSERT INTO bans (user_id, until, reason, banned_by, created_at)
SELECT id, banned_until, '', '', updated_at FROM users WHERE banned_until > 0;

-- What somebody has paid for or was given. Kept until the person has it deleted.
CREATE TABLE entitlements (
    user_id BIGINT NOT NULL PRIMARY KEY,
    vip_until DOUBLE PRECISION NOT NULL,
    updated_at DOUBLE PRECISION NOT NULL
);

INSERT INTO entitlements (user_id, vip_until, updated_at)
SELECT id, vip_until, updated_at FROM users WHERE vip_until > 0;

-- Whether somebody is 18 or older, since when that is known, from when a minor may say so, and when the age was last corrected
-- (0: never). Outlives the profile, so that nobody changes sides by having it deleted: kept for a year after that.
CREATE TABLE age_sides (
    user_id BIGINT NOT NULL PRIMARY KEY,
    adult BOOLEAN NOT NULL,
    since DOUBLE PRECISION NOT NULL,
    adult_from DOUBLE PRECISION NOT NULL,
    changed_at DOUBLE PRECISION NOT NULL
);

-- When the age was given is not known: no later than the row was last written.
INSERT INTO age_sides (user_id, adult, since, adult_from, changed_at)
SELECT id, age >= 18, updated_at, CASE WHEN age >= 18 THEN 0 ELSE updated_at + (18 - age) * 31557600 END, 0
FROM users WHERE age IS NOT NULL;
