-- Events and transfers are added only: there is no statement that changes or deletes one.

-- name: add_event(key, kind, bot, user, order, happened, now, reverses, note)!
-- Changes no row where the key was used before.
INSERT INTO ledger_events (id, kind, bot_id, user_id, order_id, happened_at, written_at, reverses, note)
VALUES (:key, :kind, :bot, :user, :order, :happened, :now, :reverses, :note) ON CONFLICT (id) DO NOTHING;

-- name: has_event(key)$
SELECT COUNT(*) FROM ledger_events WHERE id = :key;

-- name: add_account(id, unit, guarded)!
-- The table has two unique indexes: with one of them named here, two at once would fail at the other.
INSERT INTO ledger_accounts (id, unit, guarded, balance) VALUES (:id, :unit, :guarded, 0) ON CONFLICT DO NOTHING;

-- name: add_transfer(event, line, unit, source, target, amount)!
INSERT INTO ledger_transfers (event_id, line, unit, source, target, amount)
VALUES (:event, :line, :unit, :source, :target, :amount);

-- name: account_balance(id)$
SELECT COALESCE(SUM(CASE WHEN target = :id THEN amount ELSE -amount END), 0) FROM ledger_transfers
WHERE target = :id OR source = :id;

-- name: add_charge(bot, charge, provider, user, order, kind, plan, amount, paid, recurring, flag)!
INSERT INTO charges (bot_id, charge_id, provider_id, user_id, order_id, kind, plan, amount, paid_at, recurring, flag,
    refund_reason, refund_by)
VALUES (:bot, :charge, :provider, :user, :order, :kind, :plan, :amount, :paid, :recurring, :flag, '', '');

-- name: charge_refunded(bot, charge, at, reason, by)!
UPDATE charges SET refunded_at = :at, refund_reason = :reason, refund_by = :by
WHERE bot_id = :bot AND charge_id = :charge AND refunded_at IS NULL;

-- name: note_refund(bot, charge, reason, by)!
-- Telegram's notice may have been booked before whoever asked for the refund could say why.
UPDATE charges SET refund_reason = :reason, refund_by = :by
WHERE bot_id = :bot AND charge_id = :charge AND refunded_at IS NOT NULL AND refund_by = '';

-- name: find_charges(charge)
-- By its id alone, as people quote it. Two bots never have the same.
SELECT bot_id, charge_id, user_id, order_id, kind, plan, amount, paid_at, flag, refunded_at, refund_reason, refund_by
FROM charges WHERE charge_id = :charge;

-- name: flagged_charges(bot)
-- What an operator has to look at.
SELECT bot_id, charge_id, user_id, order_id, kind, plan, amount, paid_at, flag, refunded_at, refund_reason, refund_by
FROM charges WHERE bot_id = :bot AND flag <> '' AND refunded_at IS NULL AND settled_at IS NULL ORDER BY paid_at;

-- name: settle_charge(charge, now)!
UPDATE charges SET settled_at = :now WHERE charge_id = :charge;

-- name: charges_of(user, before, count)
SELECT bot_id, charge_id, user_id, order_id, kind, plan, amount, paid_at, flag, refunded_at, refund_reason, refund_by
FROM charges WHERE user_id = :user AND paid_at < :before ORDER BY paid_at DESC LIMIT :count;

-- name: charges_before(before, count)
SELECT bot_id, charge_id, user_id, order_id, kind, plan, amount, paid_at, flag, refunded_at, refund_reason, refund_by
FROM charges WHERE paid_at < :before ORDER BY paid_at DESC LIMIT :count;
