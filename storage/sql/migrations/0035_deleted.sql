-- What remains of people who had their data deleted, what they may ask for, and the root of derived keys. Expand only.

-- Of somebody who had their data deleted. `person` is a keyed hash of the Telegram id; `body` a JSON object, by kind: ban, age.
-- Kept until the time that it says, in Unix seconds (infinity: for ever), or until that person comes back.
CREATE TABLE tombstones (
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    kept_until DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (person, kind)
);

CREATE INDEX tombstones_until ON tombstones (kept_until);

-- Who has asked to be deleted and is not yet. Gone with the deletion.
CREATE TABLE deletions (
    user_id BIGINT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL
);

-- When somebody last got a copy of their data, and by which update, which may come again. Kept for a day.
CREATE TABLE exports (
    user_id BIGINT NOT NULL PRIMARY KEY,
    update_key TEXT NOT NULL,
    exported_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX exports_at ON exports (exported_at);

-- What other keys are derived from, encrypted: random ids and hashes stay the same when the encryption key is changed.
CREATE TABLE root_keys (
    name TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    sealed BYTEA NOT NULL
);

-- For what is asked and deleted by person.
CREATE INDEX orders_user ON orders (user_id);
CREATE INDEX payment_notices_user ON payment_notices (user_id);
CREATE INDEX support_tickets_user ON support_tickets (user_id);
CREATE INDEX gift_links_buyer ON gift_links (buyer_id);
