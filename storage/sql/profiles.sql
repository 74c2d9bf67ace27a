-- name: put_profile(user, language, gender, age, asked, vip_until, banned_until, wishes, now)!
-- Insert or replace; the time of the first insert stays.
INSERT INTO users (id, language, gender, age, asked, vip_until, banned_until, wishes, created_at, updated_at)
VALUES (:user, :language, :gender, :age, :asked, :vip_until, :banned_until, :wishes, :now, :now)
ON CONFLICT (id) DO UPDATE SET
    language = excluded.language, gender = excluded.gender, age = excluded.age, asked = excluded.asked,
    vip_until = excluded.vip_until, banned_until = excluded.banned_until, wishes = excluded.wishes,
    updated_at = excluded.updated_at;
