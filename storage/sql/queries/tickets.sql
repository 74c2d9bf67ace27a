-- name: open_ticket(bot, user, text, now)$
-- Answers no row where somebody else took the number in the same moment.
INSERT INTO support_tickets (id, bot_id, user_id, text, opened_at)
SELECT COALESCE(MAX(id), 0) + 1, :bot, :user, :text, :now FROM support_tickets WHERE TRUE
ON CONFLICT (id) DO NOTHING RETURNING id;

-- name: find_ticket(number)^
SELECT id, bot_id, user_id, text, opened_at, told_at FROM support_tickets WHERE id = :number;

-- name: waiting_tickets(bot)
SELECT id, bot_id, user_id, text, opened_at, told_at FROM support_tickets WHERE bot_id = :bot AND told_at IS NULL ORDER BY id;

-- name: newest_tickets(count)
SELECT id, bot_id, user_id, text, opened_at, told_at FROM support_tickets ORDER BY id DESC LIMIT :count;

-- name: ticket_told(number, now)!
UPDATE support_tickets SET told_at = :now WHERE id = :number;

-- name: purge_tickets(before, count)!
-- The newest stays, so that no number is given out again.
DELETE FROM support_tickets WHERE id IN (
    SELECT id FROM support_tickets WHERE opened_at < :before AND id < (SELECT MAX(id) FROM support_tickets) LIMIT :count
);
