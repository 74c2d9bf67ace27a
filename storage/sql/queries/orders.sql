-- name: add_order(id, bot, user, kind, plan, quantity, stars, period, recipient_bot, recipient_user, created, expires, link)!
INSERT INTO orders (id, bot_id, user_id, kind, plan, days, stars, period, recipient_bot, recipient_user, created_at, expires_at,
    state, approved_at, link)
VALUES (:id, :bot, :user, :kind, :plan, :quantity, :stars, :period, :recipient_bot, :recipient_user, :created, :expires, 'open', 0, :link);

-- name: rebuild_order(id, bot, user, kind, plan, quantity, stars, period, recipient_bot, recipient_user, paid)!
-- Of an order that was lost, as its payload tells of it: paid, so that later charges and renewals meet it.
INSERT INTO orders (id, bot_id, user_id, kind, plan, days, stars, period, recipient_bot, recipient_user, created_at, expires_at,
    state, approved_at, link)
VALUES (:id, :bot, :user, :kind, :plan, :quantity, :stars, :period, :recipient_bot, :recipient_user, :paid, :paid, 'paid', 0, '')
ON CONFLICT (id) DO NOTHING;

-- name: close_orders(user, kind)
-- Of a subscription the link may be paid later; its order stays open.
UPDATE orders SET state = 'closed' WHERE user_id = :user AND kind = :kind AND period = 0 AND state IN ('open', 'approved')
RETURNING bot_id, message_id;

-- name: find_order(id)^
-- `days`: of VIP, or credits.
SELECT id, bot_id, user_id, kind, plan, days, stars, period, recipient_bot, recipient_user, created_at, expires_at, state,
    approved_at, message_id
FROM orders WHERE id = :id;

-- name: find_subscription_link(user, bot, plan, days, stars, now)$
-- One link a person and plan, as long as its price and content are those of the plan.
SELECT link FROM orders WHERE user_id = :user AND bot_id = :bot AND period > 0 AND plan = :plan AND days = :days
    AND stars = :stars AND state IN ('open', 'approved') AND expires_at > :now AND link <> '' ORDER BY created_at DESC LIMIT 1;

-- name: order_sent(id, message)!
UPDATE orders SET message_id = :message WHERE id = :id;

-- name: approve_order(id, now, before, after)!
-- Guarded: of two queries at the same moment only one is approved, whichever is decided first, and none after the charge. An
-- approval that lies far ahead was made by a clock that has gone back since.
UPDATE orders SET approved_at = :now, state = CASE WHEN state = 'open' THEN 'approved' ELSE state END
WHERE id = :id AND (state IN ('open', 'approved') OR (state = 'paid' AND period > 0))
    AND (approved_at <= :before OR approved_at >= :after);

-- name: lock_order(id)!
-- Another charge of the order waits here for the first, and then reads that it is paid.
UPDATE orders SET state = state WHERE id = :id;

-- name: order_paid(id)!
UPDATE orders SET state = 'paid' WHERE id = :id;

-- name: find_buyer(user, now)^
SELECT COALESCE((SELECT until FROM bans WHERE user_id = :user), 0),
    EXISTS (SELECT 1 FROM terms_accepted WHERE user_id = :user),
    EXISTS (SELECT 1 FROM chats WHERE first_user = :user AND ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM chats WHERE second_user = :user AND ended_at IS NULL),
    EXISTS (SELECT 1 FROM subscriptions WHERE user_id = :user AND state = 'alive' AND until > :now),
    COALESCE((SELECT NOT adult AND adult_from > :now FROM age_sides WHERE user_id = :user),
        (SELECT age < 18 FROM users WHERE id = :user), FALSE);

-- name: accept_terms(user, now)!
INSERT INTO terms_accepted (user_id, accepted_at) VALUES (:user, :now) ON CONFLICT (user_id) DO NOTHING;
