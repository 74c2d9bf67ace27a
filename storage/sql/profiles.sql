-- One statement for each change of a profile; none writes what it does not change.

-- name: begin_profile(user, language, asked, now)!
-- A profile that is there already stays as it is.
INSERT INTO users (id, language, asked, vip_until, banned_until, wishes, created_at, updated_at)
VALUES (:user, :language, :asked, 0, 0, '{}', :now, :now)
ON CONFLICT (id) DO NOTHING;

-- name: ask(user, asked, now)!
UPDATE users SET asked = :asked, updated_at = :now WHERE id = :user;

-- name: set_gender(user, gender, asked, now)!
UPDATE users SET gender = :gender, asked = :asked, updated_at = :now WHERE id = :user;

-- name: set_age(user, age, now)!
UPDATE users SET age = :age, asked = NULL, updated_at = :now WHERE id = :user;

-- name: set_wishes(user, wishes, now)!
UPDATE users SET wishes = :wishes, updated_at = :now WHERE id = :user;
