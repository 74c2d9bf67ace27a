-- Credits are a unit of the ledger. Expand only.

-- Who an account `user:N` of the ledger belongs to. A deletion removes the row, and changes nothing in the ledger.
CREATE TABLE credit_accounts (
    user_id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE
);

-- Why an operator did it.
ALTER TABLE ledger_events ADD COLUMN note TEXT NOT NULL DEFAULT '';
