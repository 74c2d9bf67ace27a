-- name: ask_refund(charge, bot, reason, by, now)!
-- One request a charge; what Telegram had refused may be asked again.
INSERT INTO refund_requests (charge_id, bot_id, reason, asked_by, asked_at, outcome)
VALUES (:charge, :bot, :reason, :by, :now, '')
ON CONFLICT (charge_id) DO UPDATE SET reason = excluded.reason, asked_by = excluded.asked_by, asked_at = excluded.asked_at,
    outcome = '', done_at = NULL
WHERE SUBSTR(refund_requests.outcome, 1, 16) = 'Telegram refuses';

-- name: asked_refunds(bot)
SELECT charge_id, bot_id, reason, asked_by, outcome, asked_at FROM refund_requests WHERE bot_id = :bot AND outcome = '';

-- name: find_refund(charge)^
SELECT charge_id, bot_id, reason, asked_by, outcome, asked_at FROM refund_requests WHERE charge_id = :charge;

-- name: refused_refunds(bot)
-- Those that Telegram refused, of charges that are neither refunded since nor settled.
SELECT r.charge_id, r.bot_id, r.reason, r.asked_by, r.outcome, r.asked_at FROM refund_requests r
JOIN charges c ON c.bot_id = r.bot_id AND c.charge_id = r.charge_id
WHERE r.bot_id = :bot AND SUBSTR(r.outcome, 1, 16) = 'Telegram refuses' AND c.refunded_at IS NULL AND c.settled_at IS NULL;

-- name: refund_done(charge, outcome, now)!
UPDATE refund_requests SET outcome = :outcome, done_at = :now WHERE charge_id = :charge;
