-- One statement for each change of a profile. A statement writes only the columns that it changes.

-- name: begin_profile(user, language, asked, now)!
-- An existing profile stays as it is.
INSERT INTO users (id, language, asked, vip_until, banned_until, wishes, created_at, updated_at, last_seen)
VALUES (:user, :language, :asked, 0, 0, '{}', :now, :now, :now)
ON CONFLICT (id) DO NOTHING;

-- name: ask(user, asked, now)!
UPDATE users SET asked = :asked, updated_at = :now WHERE id = :user;

-- name: set_gender(user, gender, asked, now)!
UPDATE users SET gender = :gender, asked = :asked, updated_at = :now WHERE id = :user;

-- name: choose_side(user, age, adult, adult_from, at)^
-- Answers no row where there is no such person, or where the age is on the other side of 18 than before and `adult_from` has not
-- come. The same age again changes nothing. Locks the row until the end of the transaction.
INSERT INTO age_sides (user_id, adult, since, adult_from, changed_at)
SELECT id, :adult, :at, :adult_from, 0 FROM users
WHERE id = :user
    AND (age IS NULL OR :adult = (age >= 18) OR EXISTS (SELECT 1 FROM age_sides WHERE user_id = :user))
ON CONFLICT (user_id) DO UPDATE SET
    adult = excluded.adult,
    since = CASE WHEN age_sides.adult = excluded.adult THEN age_sides.since ELSE excluded.since END,
    adult_from = CASE
        WHEN (SELECT age FROM users WHERE id = excluded.user_id) = :age THEN age_sides.adult_from ELSE excluded.adult_from
    END,
    changed_at = CASE
        WHEN (SELECT age FROM users WHERE id = excluded.user_id) = :age THEN age_sides.changed_at ELSE excluded.since
    END
WHERE age_sides.adult = excluded.adult OR (excluded.adult AND age_sides.adult_from <= excluded.since)
RETURNING user_id;

-- name: set_age(user, age, now)!
UPDATE users SET age = :age, asked = NULL, updated_at = :now WHERE id = :user;

-- name: record_side(user, adult, adult_from, at)!
-- Of an age that an older worker has written without its side. A side that is recorded stays.
INSERT INTO age_sides (user_id, adult, since, adult_from, changed_at) VALUES (:user, :adult, :at, :adult_from, 0)
ON CONFLICT (user_id) DO NOTHING;

-- name: set_wishes(user, wishes, now)!
UPDATE users SET wishes = :wishes, updated_at = :now WHERE id = :user;

-- name: set_media(user, media, now)!
UPDATE users SET media = :media, updated_at = :now WHERE id = :user;

-- name: set_protected(user, protected, now)!
UPDATE users SET protected = :protected, updated_at = :now WHERE id = :user;
