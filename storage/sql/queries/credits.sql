-- Accounts of people in credits. Their transfers are in ledger.sql.

-- name: make_credit_account(user, number)$
-- The number of the person's account, a new one for a newcomer. A deletion of the person waits for the end of the transaction.
INSERT INTO credit_accounts (user_id, number) VALUES (:user, :number)
ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id RETURNING number;

-- name: find_credit_account(user)$
SELECT number FROM credit_accounts WHERE user_id = :user;

-- name: move_balance(id, delta)!
-- Changes no row where the balance would fall below zero.
UPDATE ledger_accounts SET balance = balance + :delta WHERE id = :id AND balance + :delta >= 0;

-- name: lock_balance(id)$
-- Others who would change the balance wait for the end of the transaction.
UPDATE ledger_accounts SET balance = balance WHERE id = :id RETURNING balance;

-- name: credits_of(user)$
SELECT a.balance FROM credit_accounts c JOIN ledger_accounts a ON a.id = 'user:' || CAST(c.number AS TEXT)
WHERE c.user_id = :user;

-- name: credits_moved_by(event)
SELECT source, target, amount FROM ledger_transfers WHERE event_id = :event AND unit = 'credits';

-- name: owed_credits(account, user, since)$
-- What reversals since then took from nobody, less what locks of the account have brought back for it since. SQLite is not to begin
-- with all that was ever lost: so no index fits `source || ''`.
SELECT COALESCE(SUM(amount), 0) FROM (
    SELECT t.amount FROM ledger_transfers given
    JOIN ledger_events e ON e.reverses = given.event_id AND e.reverses <> '' AND e.written_at >= :since
    JOIN ledger_transfers t ON t.event_id = e.id AND t.source || '' = 'lost' AND t.unit = 'credits'
    WHERE given.target = :account
    UNION ALL
    SELECT -t.amount FROM locks l
    JOIN ledger_events e ON e.id IN ('lock:' || l.id || ':back', 'lock:' || l.id || ':void') AND e.written_at >= :since
    JOIN ledger_transfers t ON t.event_id = e.id AND t.target = 'lost'
    WHERE l.user_id = :user AND l.account = :account
) AS moves;

-- name: credit_history(account, count)
SELECT amount, kind, happened_at, note FROM (
    SELECT t.amount, e.kind, e.happened_at, e.note, e.written_at, e.id
    FROM ledger_transfers t JOIN ledger_events e ON e.id = t.event_id WHERE t.target = :account
    UNION ALL
    SELECT -t.amount, e.kind, e.happened_at, e.note, e.written_at, e.id
    FROM ledger_transfers t JOIN ledger_events e ON e.id = t.event_id WHERE t.source = :account
) AS entries ORDER BY written_at DESC, id LIMIT :count;
