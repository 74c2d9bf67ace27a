-- name: note_presence*!
-- At most once an hour, unless it is another bot than before.
UPDATE users SET last_seen = :now, last_bot = :bot
WHERE id = :user AND (last_seen < :now - 3600 OR last_bot <> :bot);

-- name: chats_of_person(user, started, chat, count)
-- The next chats after (started, chat), the newest first.
SELECT * FROM (
    SELECT * FROM (
        SELECT id, first_bot AS bot, second_user AS partner, started_at, ended_at, why FROM chats
        WHERE first_user = :user AND started_at <= :started AND (started_at < :started OR id < :chat)
        ORDER BY started_at DESC, id DESC LIMIT :count
    ) AS as_first
    UNION ALL
    SELECT * FROM (
        SELECT id, second_bot AS bot, first_user AS partner, started_at, ended_at, why FROM chats
        WHERE second_user = :user AND started_at <= :started AND (started_at < :started OR id < :chat)
        ORDER BY started_at DESC, id DESC LIMIT :count
    ) AS as_second
) AS both_sides ORDER BY started_at DESC, id DESC LIMIT :count;

-- name: live_chat_of(user)$
SELECT id FROM (
    SELECT id, started_at FROM chats WHERE first_user = :user AND ended_at IS NULL
    UNION ALL SELECT id, started_at FROM chats WHERE second_user = :user AND ended_at IS NULL
) AS live ORDER BY started_at DESC LIMIT 1;

-- name: bans_in_audit(target, since)
SELECT after FROM audit WHERE target = :target AND act = 'ban' AND at >= :since ORDER BY id DESC;

-- name: locks_of_person(user, now)
-- In force, the one that ends first.
SELECT chat_id, bot_id, minutes, price, since_at, until_at FROM locks
WHERE user_id = :user AND state = 'active' AND until_at > :now ORDER BY until_at;

-- name: orders_of_person(user, count)
SELECT id, bot_id, kind, plan, days, stars, state, created_at, recipient_user FROM orders
WHERE user_id = :user ORDER BY created_at DESC, id DESC LIMIT :count;

-- name: charges_of_person(user, count)
-- With the refund that was asked for.
SELECT c.charge_id, c.bot_id, c.order_id, c.kind, c.plan, c.amount, c.paid_at, c.refunded_at, c.refund_reason, c.refund_by,
    r.asked_at, r.outcome
FROM charges c LEFT JOIN refund_requests r ON r.charge_id = c.charge_id AND r.bot_id = c.bot_id
WHERE c.user_id = :user ORDER BY c.paid_at DESC, c.charge_id DESC LIMIT :count;

-- name: notes_of_person(user, count)
SELECT number, written_by, written_at, text FROM user_notes WHERE user_id = :user ORDER BY number DESC LIMIT :count;

-- name: lock_person(user)!
-- Until the end of the transaction: a deletion waits, and takes what was written meanwhile with it. Changes no row where nobody has
-- a profile with this id.
UPDATE users SET id = id WHERE id = :user;

-- name: add_note(number, user, by, now, text)!
INSERT INTO user_notes (number, user_id, written_by, written_at, text) VALUES (:number, :user, :by, :now, :text);

-- name: remove_note(user, number, by)!
-- Nobody's name is anybody's.
DELETE FROM user_notes WHERE user_id = :user AND number = :number AND (:by = '' OR written_by = :by);

-- name: purge_notes(before, count)!
DELETE FROM user_notes WHERE number IN (
    SELECT number FROM user_notes WHERE written_at < :before ORDER BY written_at LIMIT :count
);

-- name: last_act_on(target)^
SELECT act, who, source, at, before FROM audit WHERE target = :target ORDER BY id DESC LIMIT 1;
