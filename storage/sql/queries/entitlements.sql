-- name: find_vip(user)^
SELECT vip_until FROM entitlements WHERE user_id = :user;

-- name: put_vip(user, until, now)!
INSERT INTO entitlements (user_id, vip_until, updated_at) VALUES (:user, :until, :now)
ON CONFLICT (user_id) DO UPDATE SET vip_until = excluded.vip_until, updated_at = excluded.updated_at;
