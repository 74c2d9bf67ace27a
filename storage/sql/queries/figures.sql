-- name: count_users(today, week)^
SELECT (SELECT COUNT(*) FROM users), COUNT(CASE WHEN created_at >= :today THEN 1 END), COUNT(*)
FROM users WHERE created_at >= :week;

-- name: count_vips(now)$
SELECT COUNT(*) FROM entitlements WHERE vip_until > :now;

-- name: count_live_chats()$
SELECT COUNT(*) FROM chats WHERE ended_at IS NULL AND started_at IS NOT NULL;

-- name: people_by_bot()
SELECT bot_id, COUNT(*) FROM bot_peers GROUP BY bot_id;

-- name: anybody_met()$
SELECT COUNT(*) FROM (SELECT id FROM chats LIMIT 1) AS one;

-- name: sum_charges()$
-- Nano-Stars, charged and not refunded.
SELECT COALESCE(SUM(amount), 0) FROM charges WHERE refunded_at IS NULL;

-- name: sum_charges_since(since)$
SELECT COALESCE(SUM(amount), 0) FROM charges WHERE paid_at >= :since AND refunded_at IS NULL;

-- name: panel_figures(house)
SELECT step, at, body FROM panel_figures WHERE house = :house ORDER BY at, step;

-- name: keep_panel_figures(house, step, at, body)!
-- Of two panels the first one's slot stays.
INSERT INTO panel_figures (house, step, at, body) VALUES (:house, :step, :at, :body) ON CONFLICT DO NOTHING;

-- name: purge_panel_figures(house, step, before)!
DELETE FROM panel_figures WHERE house = :house AND step = :step AND at <= :before;
