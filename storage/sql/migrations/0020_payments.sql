-- Orders, the ledger, VIP by grants, and what else payments need. Expand only. Amounts of Stars are nano-Stars in the ledger and
-- whole Stars in orders. Charge ids have no limit of length. Times are Unix seconds.
-- Retention: payments are kept for as long as a refund or a dispute may come, which has no end; see docs/payments.md.

CREATE TABLE orders (
    id TEXT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    plan TEXT NOT NULL,
    days INTEGER NOT NULL,
    stars INTEGER NOT NULL,
    period INTEGER NOT NULL,
    recipient_bot BIGINT,
    recipient_user BIGINT,
    created_at DOUBLE PRECISION NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    state TEXT NOT NULL,
    approved_at DOUBLE PRECISION NOT NULL,
    message_id BIGINT,
    link TEXT NOT NULL
);

CREATE INDEX orders_subscription ON orders (user_id, bot_id) WHERE period > 0;
CREATE INDEX orders_open ON orders (user_id, kind) WHERE state IN ('open', 'approved');

-- Stored balances are kept of guarded accounts only, which must not fall below zero. Others are the view's sum.
CREATE TABLE ledger_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    unit TEXT NOT NULL,
    guarded BOOLEAN NOT NULL,
    balance BIGINT NOT NULL,
    UNIQUE (id, unit),
    CHECK (NOT guarded OR balance >= 0)
);

-- Rows of the next two tables are added, and never changed or deleted. The key makes an event happen once.
CREATE TABLE ledger_events (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    bot_id BIGINT NOT NULL,
    user_id BIGINT,
    order_id TEXT NOT NULL,
    happened_at DOUBLE PRECISION NOT NULL,
    written_at DOUBLE PRECISION NOT NULL,
    reverses TEXT NOT NULL
);

CREATE INDEX ledger_events_written ON ledger_events (written_at);
CREATE INDEX ledger_events_user ON ledger_events (user_id);

-- The foreign keys name the unit too, so that a transfer between units cannot be stored.
CREATE TABLE ledger_transfers (
    event_id TEXT NOT NULL REFERENCES ledger_events (id),
    line INTEGER NOT NULL,
    unit TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    PRIMARY KEY (event_id, line),
    CHECK (source <> target),
    FOREIGN KEY (source, unit) REFERENCES ledger_accounts (id, unit),
    FOREIGN KEY (target, unit) REFERENCES ledger_accounts (id, unit)
);

CREATE INDEX ledger_transfers_source ON ledger_transfers (source);
CREATE INDEX ledger_transfers_target ON ledger_transfers (target);

CREATE VIEW ledger_balances AS
SELECT id, unit, SUM(amount) AS balance FROM (
    SELECT target AS id, unit, amount FROM ledger_transfers
    UNION ALL
    SELECT source AS id, unit, -amount FROM ledger_transfers
) AS moves GROUP BY id, unit;

-- What is known of a charge beside the ledger. `seen_by`: the message, the list, or the refund that came before either.
CREATE TABLE charges (
    bot_id BIGINT NOT NULL,
    charge_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    order_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    plan TEXT NOT NULL,
    amount BIGINT NOT NULL,
    paid_at DOUBLE PRECISION NOT NULL,
    recurring BOOLEAN NOT NULL,
    flag TEXT NOT NULL,
    refunded_at DOUBLE PRECISION,
    refund_reason TEXT NOT NULL,
    refund_by TEXT NOT NULL,
    settled_at DOUBLE PRECISION,
    PRIMARY KEY (charge_id, bot_id)
);

-- What an operator is shown until it is refunded or settled.
CREATE INDEX charges_flagged ON charges (bot_id) WHERE flag <> '' AND refunded_at IS NULL AND settled_at IS NULL;

CREATE INDEX charges_user ON charges (user_id, paid_at);
CREATE INDEX charges_paid ON charges (paid_at);

-- Grants of VIP are added, and cut by a refund; `entitlements.vip_until` is their fold. The bot tells of them; 0: none does.
CREATE TABLE vip_grants (
    source TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    granted_at DOUBLE PRECISION NOT NULL,
    used_seconds DOUBLE PRECISION
);

CREATE UNIQUE INDEX vip_grants_user ON vip_grants (user_id, position);

-- VIP from before there were grants is the first grant.
INSERT INTO vip_grants (source, user_id, bot_id, position, seconds, granted_at)
SELECT 'before:' || user_id, user_id, 0, 0, vip_until - updated_at, updated_at FROM entitlements WHERE vip_until > updated_at;

CREATE INDEX entitlements_until ON entitlements (vip_until);

-- One row per order of a subscription. `state`: alive, cancelled or failed.
CREATE TABLE subscriptions (
    order_id TEXT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    first_charge TEXT NOT NULL,
    last_charge TEXT NOT NULL,
    cancel_asked BOOLEAN NOT NULL
);

CREATE INDEX subscriptions_user ON subscriptions (user_id, until);
CREATE INDEX subscriptions_alive ON subscriptions (bot_id) WHERE state <> 'cancelled';

-- The outbox: texts that a bot owes somebody, written in the transaction of what they tell of. Bot and user 0: the operators' chat. Kept for 30 days after they are sent.
CREATE TABLE payment_notices (
    id TEXT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    arguments TEXT NOT NULL,
    due_at DOUBLE PRECISION NOT NULL,
    sent_at DOUBLE PRECISION
);

CREATE INDEX payment_notices_due ON payment_notices (bot_id, due_at) WHERE sent_at IS NULL;

-- Who accepted the terms of payment, and when. Kept as proof for as long as the payments are.
CREATE TABLE terms_accepted (
    user_id BIGINT NOT NULL PRIMARY KEY,
    accepted_at DOUBLE PRECISION NOT NULL
);

-- Gift links that were paid. The code is in the link; whoever opens it first redeems it.
CREATE TABLE gift_links (
    code TEXT NOT NULL PRIMARY KEY,
    charge TEXT NOT NULL UNIQUE,
    buyer_id BIGINT NOT NULL,
    days INTEGER NOT NULL,
    redeemed_by BIGINT,
    redeemed_at DOUBLE PRECISION,
    void BOOLEAN NOT NULL
);

CREATE TABLE promo_codes (
    code TEXT NOT NULL PRIMARY KEY,
    days INTEGER NOT NULL,
    uses_left INTEGER NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    made_by TEXT NOT NULL,
    made_at DOUBLE PRECISION NOT NULL
);

-- Questions about payments (/paysupport). Kept for a year. `told_at`: when the operators' chat was given it.
CREATE TABLE support_tickets (
    id BIGINT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    opened_at DOUBLE PRECISION NOT NULL,
    told_at DOUBLE PRECISION
);

CREATE INDEX support_tickets_waiting ON support_tickets (bot_id) WHERE told_at IS NULL;

-- Refunds that an operator asked for. An empty outcome: not carried out yet. Kept as long as the payments are.
CREATE TABLE refund_requests (
    charge_id TEXT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at DOUBLE PRECISION NOT NULL,
    outcome TEXT NOT NULL,
    done_at DOUBLE PRECISION
);

CREATE INDEX refund_requests_open ON refund_requests (bot_id) WHERE outcome = '';

-- How far the list of a bot's Stars at Telegram has been compared with the ledger: rows from the oldest.
CREATE TABLE star_lists (
    bot_id BIGINT NOT NULL PRIMARY KEY,
    rows_read BIGINT NOT NULL,
    compared_at DOUBLE PRECISION NOT NULL,
    balance BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    differs_since DOUBLE PRECISION NOT NULL
);

-- The payment of a chat's member is refused, for VIP, while the chat goes on.
CREATE INDEX chats_live_first ON chats (first_user) WHERE ended_at IS NULL;
CREATE INDEX chats_live_second ON chats (second_user) WHERE ended_at IS NULL;
