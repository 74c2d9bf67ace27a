-- name: put_subscription(order, bot, user, plan, until, charge)!
-- A renewal also brings one back to life that had failed or was restored outside. Renewals are booked in any order.
INSERT INTO subscriptions (order_id, bot_id, user_id, plan, state, until, first_charge, last_charge, cancel_asked)
VALUES (:order, :bot, :user, :plan, 'alive', :until, :charge, :charge, FALSE)
ON CONFLICT (order_id) DO UPDATE SET state = CASE WHEN excluded.until > subscriptions.until AND subscriptions.state = 'failed'
        THEN 'alive' ELSE subscriptions.state END,
    last_charge = CASE WHEN excluded.until > subscriptions.until THEN excluded.last_charge ELSE subscriptions.last_charge END,
    until = CASE WHEN excluded.until > subscriptions.until THEN excluded.until ELSE subscriptions.until END;

-- name: subscriptions_of(user)
SELECT order_id, bot_id, user_id, plan, state, until, last_charge, first_charge FROM subscriptions
WHERE user_id = :user ORDER BY until DESC;

-- name: find_subscription(order)^
SELECT order_id, bot_id, user_id, plan, state, until, last_charge, first_charge FROM subscriptions WHERE order_id = :order;

-- name: change_subscription(order, state)!
UPDATE subscriptions SET state = :state WHERE order_id = :order AND state <> :state;

-- name: ask_to_cancel_plan(bot, plan)!
UPDATE subscriptions SET cancel_asked = TRUE WHERE bot_id = :bot AND plan = :plan AND state <> 'cancelled' AND NOT cancel_asked;

-- name: ask_to_cancel_of_banned(bot, now)!
UPDATE subscriptions SET cancel_asked = TRUE
WHERE bot_id = :bot AND state <> 'cancelled' AND NOT cancel_asked
    AND EXISTS (SELECT 1 FROM bans WHERE bans.user_id = subscriptions.user_id AND bans.until > :now);

-- name: subscribed_plans(bot)
SELECT DISTINCT plan FROM subscriptions WHERE bot_id = :bot AND state <> 'cancelled' AND NOT cancel_asked;

-- name: subscriptions_to_cancel(bot)
SELECT order_id, bot_id, user_id, plan, state, until, last_charge, first_charge FROM subscriptions
WHERE bot_id = :bot AND cancel_asked AND state <> 'cancelled';
