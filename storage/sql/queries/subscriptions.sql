-- name: put_subscription(order, bot, user, plan, until, charge)!
-- A later period brings one back to life that had failed or was cancelled. Charges are booked in any order, also after a change
-- that was told of later.
INSERT INTO subscriptions (order_id, bot_id, user_id, plan, state, until, first_charge, last_charge, cancel_asked)
VALUES (:order, :bot, :user, :plan, 'alive', :until, :charge, :charge, FALSE)
ON CONFLICT (order_id) DO UPDATE SET state = CASE WHEN subscriptions.until > 0 AND excluded.until > subscriptions.until
        THEN 'alive' ELSE subscriptions.state END,
    first_charge = CASE WHEN subscriptions.until = 0 OR excluded.until < subscriptions.until
        THEN excluded.first_charge ELSE subscriptions.first_charge END,
    last_charge = CASE WHEN excluded.until > subscriptions.until THEN excluded.last_charge ELSE subscriptions.last_charge END,
    until = CASE WHEN excluded.until > subscriptions.until THEN excluded.until ELSE subscriptions.until END;

-- name: subscriptions_of(user)
SELECT order_id, bot_id, user_id, plan, state, until, last_charge, first_charge, cancel_asked FROM subscriptions
WHERE user_id = :user ORDER BY until DESC;

-- name: find_subscription(order)^
SELECT order_id, bot_id, user_id, plan, state, until, last_charge, first_charge, cancel_asked FROM subscriptions WHERE order_id = :order;

-- name: change_subscription(order, bot, user, plan, state)!
INSERT INTO subscriptions (order_id, bot_id, user_id, plan, state, until, first_charge, last_charge, cancel_asked)
VALUES (:order, :bot, :user, :plan, :state, 0, '', '', FALSE)
ON CONFLICT (order_id) DO UPDATE SET state = excluded.state WHERE subscriptions.state <> excluded.state;

-- name: ask_to_cancel_plan(bot, plan)!
UPDATE subscriptions SET cancel_asked = TRUE WHERE bot_id = :bot AND plan = :plan AND state <> 'cancelled' AND NOT cancel_asked;

-- name: ask_to_cancel_of_banned(bot, now)!
UPDATE subscriptions SET cancel_asked = TRUE
WHERE bot_id = :bot AND state <> 'cancelled' AND NOT cancel_asked
    AND EXISTS (SELECT 1 FROM bans WHERE bans.user_id = subscriptions.user_id AND bans.until > :now);

-- name: subscribed_plans(bot)
SELECT DISTINCT plan FROM subscriptions WHERE bot_id = :bot AND state <> 'cancelled' AND NOT cancel_asked;

-- name: subscriptions_to_cancel(bot)
SELECT order_id, bot_id, user_id, plan, state, until, last_charge, first_charge, cancel_asked FROM subscriptions
WHERE bot_id = :bot AND cancel_asked AND state <> 'cancelled' AND last_charge <> '';
