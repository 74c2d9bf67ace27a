-- Locks of chats. What they cost is in the ledger, written in the same transactions.

-- name: add_lock(id, chat, bot, user, account, minutes, price, pressed)!
INSERT INTO locks (id, chat_id, bot_id, user_id, account, minutes, price, state, pressed_at, since_at, until_at, why, back)
VALUES (:id, :chat, :bot, :user, :account, :minutes, :price, 'pending', :pressed, 0, 0, '', 0);

-- name: lock_state(id)^
SELECT state, since_at, until_at FROM locks WHERE id = :id;

-- name: use_lock(id, since, until)$
-- Answers its price, or no row where it is not pending.
UPDATE locks SET state = 'active', since_at = :since, until_at = :until WHERE id = :id AND state = 'pending' RETURNING price;

-- name: void_lock(id, now)^
UPDATE locks SET state = 'void', ended_at = :now WHERE id = :id AND state = 'pending'
RETURNING bot_id, user_id, account, minutes, price, pressed_at;

-- name: break_lock(id, ended, why)^
-- One that was over by its time is broken too where the chat had ended before that.
UPDATE locks SET state = 'over', ended_at = :ended, why = :why
WHERE id = :id AND (state = 'active' OR state = 'over' AND why = '') RETURNING bot_id, user_id, account, minutes, price, pressed_at;

-- name: lock_gave_back(id, back)!
UPDATE locks SET back = :back WHERE id = :id;

-- name: run_out_locks(before)!
-- Those whose chat has outlived them, and those of deleted people, to whom nothing comes back.
UPDATE locks SET state = 'over', ended_at = until_at WHERE state = 'active' AND until_at <= :before AND (
    user_id IS NULL OR NOT EXISTS (SELECT 1 FROM chats WHERE chats.id = locks.chat_id AND chats.ended_at < locks.until_at)
);

-- name: pending_locks(before, count)
SELECT id FROM locks WHERE state = 'pending' AND pressed_at < :before ORDER BY pressed_at LIMIT :count;

-- name: forgotten_locks(before, count)
-- Active ones whose chat has ended early, and nobody has said so.
SELECT l.id, l.chat_id, l.bot_id, l.user_id, l.since_at, l.until_at, c.ended_at, c.why FROM locks l JOIN chats c ON c.id = l.chat_id
WHERE l.state = 'active' AND l.user_id IS NOT NULL AND c.ended_at < l.until_at AND c.ended_at < :before
ORDER BY l.until_at LIMIT :count;

-- name: locks_to_put_back(since)
SELECT id, chat_id, bot_id, user_id, since_at, until_at FROM locks
WHERE state = 'active' AND until_at > :since AND user_id IS NOT NULL ORDER BY until_at;

-- name: held_credits()$
SELECT COALESCE(SUM(price), 0) FROM locks WHERE state = 'pending';

-- name: export_locks(user)
SELECT minutes, price, state, pressed_at, since_at, until_at, ended_at, back FROM locks WHERE user_id = :user ORDER BY pressed_at;

-- name: erase_locks(user)!
-- The row stays for the ledger. What it would give back is nobody's any more.
UPDATE locks SET user_id = NULL WHERE user_id = :user;

-- name: purge_locks(before, count)!
DELETE FROM locks WHERE id IN (
    SELECT id FROM locks WHERE ended_at IS NOT NULL AND ended_at < :before ORDER BY ended_at LIMIT :count
);
