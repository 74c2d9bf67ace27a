-- name: add_notice(key, bot, user, text, arguments, due)!
-- Changes no row where the key was used before.
INSERT INTO payment_notices (id, bot_id, user_id, text, arguments, due_at)
VALUES (:key, :bot, :user, :text, :arguments, :due) ON CONFLICT (id) DO NOTHING;

-- name: bot_to_tell(user)$
-- Where somebody is told something that they did not ask for: where they search, else where they chatted last.
SELECT COALESCE(
    (SELECT bot_id FROM searches WHERE user_id = :user),
    (SELECT bot FROM (
        SELECT first_bot AS bot, started_at FROM chats WHERE first_user = :user
        UNION ALL SELECT second_bot, started_at FROM chats WHERE second_user = :user
    ) AS talked ORDER BY started_at DESC LIMIT 1),
    (SELECT MIN(bot_id) FROM bot_peers WHERE user_id = :user)
);

-- name: take_back_notices(user, text)!
-- What is not true any more is not told.
DELETE FROM payment_notices WHERE user_id = :user AND text = :text AND sent_at IS NULL;

-- name: bots_with_work(now, left)
-- A deletion that was asked for is first left to the session that was asked.
SELECT bot_id FROM payment_notices WHERE sent_at IS NULL AND due_at <= :now
UNION SELECT bot_id FROM refund_requests WHERE outcome = ''
UNION SELECT bot_id FROM deletions WHERE asked_at <= :left;

-- name: due_notices(bot, now, count)
SELECT id, bot_id, user_id, text, arguments FROM payment_notices
WHERE bot_id = :bot AND sent_at IS NULL AND due_at <= :now ORDER BY due_at LIMIT :count;

-- name: notice_sent(key, now)!
UPDATE payment_notices SET sent_at = :now WHERE id = :key;

-- name: purge_notices(before, count)!
DELETE FROM payment_notices WHERE id IN (SELECT id FROM payment_notices WHERE sent_at < :before LIMIT :count);

-- name: ending_vips(bot, since, until, late)
-- Whose VIP ends in that time, where this bot has granted last. One that is renewed by itself, be it a little late, does not end.
SELECT e.user_id, e.vip_until FROM entitlements e WHERE e.vip_until > :since AND e.vip_until <= :until AND :bot = (
    SELECT g.bot_id FROM vip_grants g WHERE g.user_id = e.user_id ORDER BY g.position DESC LIMIT 1
) AND NOT EXISTS (
    SELECT 1 FROM subscriptions s WHERE s.user_id = e.user_id AND s.state = 'alive' AND NOT s.cancel_asked AND s.until > :late
);

-- name: read_star_list(bot)^
SELECT rows_read, compared_at, balance, difference, differs_since FROM star_lists WHERE bot_id = :bot;

-- name: write_star_list(bot, rows, at, balance, difference, since)!
INSERT INTO star_lists (bot_id, rows_read, compared_at, balance, difference, differs_since)
VALUES (:bot, :rows, :at, :balance, :difference, :since)
ON CONFLICT (bot_id) DO UPDATE SET rows_read = excluded.rows_read, compared_at = excluded.compared_at,
    balance = excluded.balance, difference = excluded.difference, differs_since = excluded.differs_since;

-- name: star_list_all()
SELECT bot_id, rows_read, compared_at, balance, difference, differs_since FROM star_lists ORDER BY bot_id;
