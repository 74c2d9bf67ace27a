-- name: ask_refund(charge, bot, reason, by, now)!
-- One request a charge; what Telegram had refused may be asked again.
INSERT INTO refund_requests (charge_id, bot_id, reason, asked_by, asked_at, outcome)
VALUES (:charge, :bot, :reason, :by, :now, '')
ON CONFLICT (charge_id) DO UPDATE SET reason = excluded.reason, asked_by = excluded.asked_by, asked_at = excluded.asked_at,
    outcome = '', done_at = NULL
WHERE SUBSTR(refund_requests.outcome, 1, 16) = 'Telegram refuses';

-- name: asked_refunds(bot)
SELECT charge_id, bot_id, reason, asked_by, outcome FROM refund_requests WHERE bot_id = :bot AND outcome = '';

-- name: find_refund(charge)^
SELECT charge_id, bot_id, reason, asked_by, outcome FROM refund_requests WHERE charge_id = :charge;

-- name: refund_done(charge, outcome, now)!
UPDATE refund_requests SET outcome = :outcome, done_at = :now WHERE charge_id = :charge;
