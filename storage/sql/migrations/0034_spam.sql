-- By it the newest accounts that came before a day are found: above their ids, accounts are new at Telegram.
CREATE INDEX users_created ON users (created_at);
