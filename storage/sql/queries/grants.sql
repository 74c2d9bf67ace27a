-- name: lock_entitlement(user, now)!
-- The row of somebody whose grants change; the second transaction waits here for the first.
INSERT INTO entitlements (user_id, vip_until, updated_at) VALUES (:user, 0, :now)
ON CONFLICT (user_id) DO UPDATE SET updated_at = excluded.updated_at;

-- name: grants_of(user)
SELECT source, seconds, granted_at, used_seconds FROM vip_grants WHERE user_id = :user ORDER BY position;

-- name: grantee_of(source)$
SELECT user_id FROM vip_grants WHERE source = :source;

-- name: add_grant(source, user, bot, position, seconds, granted)!
-- Changes no row where the source has granted before.
INSERT INTO vip_grants (source, user_id, bot_id, position, seconds, granted_at)
VALUES (:source, :user, :bot, :position, :seconds, :granted) ON CONFLICT (source) DO NOTHING;

-- name: cut_grant(source, used)!
UPDATE vip_grants SET used_seconds = :used WHERE source = :source AND used_seconds IS NULL;

-- name: has_terms(user)$
SELECT COUNT(*) FROM terms_accepted WHERE user_id = :user;

-- name: has_grant(source)$
SELECT COUNT(*) FROM vip_grants WHERE source = :source;

-- name: add_promo(code, days, uses, until, by, now)!
INSERT INTO promo_codes (code, days, uses_left, until, made_by, made_at) VALUES (:code, :days, :uses, :until, :by, :now)
ON CONFLICT (code) DO NOTHING;

-- name: use_promo(code, now)$
-- Answers no row for a code that is unknown, over or used up.
UPDATE promo_codes SET uses_left = uses_left - 1 WHERE code = :code AND uses_left > 0 AND until > :now RETURNING days;

-- name: add_gift_link(code, charge, buyer, days)!
INSERT INTO gift_links (code, charge, buyer_id, days, void) VALUES (:code, :charge, :buyer, :days, FALSE);

-- name: redeem_gift_link(code, user, now)^
-- Answers no row for a link that is unknown, was redeemed, or was refunded.
UPDATE gift_links SET redeemed_by = :user, redeemed_at = :now
WHERE code = :code AND redeemed_by IS NULL AND NOT void RETURNING days, charge;

-- name: has_gift_link(code)$
SELECT COUNT(*) FROM gift_links WHERE code = :code AND redeemed_by IS NOT NULL;

-- name: void_gift_link(charge)!
UPDATE gift_links SET void = TRUE WHERE charge = :charge AND redeemed_by IS NULL;
