-- The sandbox's world on disk. Every row is written whole (INSERT OR REPLACE); numbers are never given twice.
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS bots (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    house INTEGER NOT NULL,    -- 1: made with the world and handed to the application
    settings BLOB NOT NULL     -- JSON: commands by scope and language, menu button
);

CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    username TEXT NOT NULL,
    deleted INTEGER NOT NULL
);

-- People without a profile photo.
CREATE TABLE IF NOT EXISTS photoless (user INTEGER PRIMARY KEY);

-- People whose account Telegram marks as scam or fake.
CREATE TABLE IF NOT EXISTS marks (user INTEGER PRIMARY KEY, mark TEXT NOT NULL);

-- One person's conversation with one bot.
CREATE TABLE IF NOT EXISTS chats (
    user INTEGER NOT NULL,
    bot INTEGER NOT NULL,
    started INTEGER NOT NULL,  -- the user has written: the bot may write
    blocked INTEGER NOT NULL,
    keyboard BLOB,             -- JSON: the reply keyboard shown now
    PRIMARY KEY (user, bot)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS channels (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,    -- empty: a private channel
    title TEXT NOT NULL,
    admins BLOB NOT NULL,      -- JSON: ids of bots
    created INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS members (channel INTEGER NOT NULL, user INTEGER NOT NULL, joined INTEGER NOT NULL, -- Unix seconds; 0: left
   
    PRIMARY KEY (channel, user)) WITHOUT ROWID;

-- A message has one id in the bot's box and another on the phone. Posts have their channel as bot and as user.
CREATE TABLE IF NOT EXISTS messages (
    bot INTEGER NOT NULL,
    id INTEGER NOT NULL,
    user INTEGER NOT NULL,
    phone_id INTEGER NOT NULL,
    from_bot INTEGER NOT NULL,
    date INTEGER NOT NULL,
    edited INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    random_id INTEGER,
    reply_to INTEGER,          -- id in the bot's box
    text TEXT NOT NULL,
    extras BLOB,               -- JSON: what mailbox.py names in EXTRAS
    PRIMARY KEY (bot, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS messages_on_phone ON messages (user, phone_id);
CREATE UNIQUE INDEX IF NOT EXISTS messages_by_random_id ON messages (bot, random_id) WHERE random_id IS NOT NULL;

-- What was sent as a file; the bytes lie beside the database under unique_id.
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, unique_id TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS files_by_content ON files (unique_id);

-- The update logs of bots and channels: what getDifference hands out.
CREATE TABLE IF NOT EXISTS updates (bot INTEGER NOT NULL, pts INTEGER NOT NULL, kind TEXT NOT NULL, message INTEGER NOT NULL,
    PRIMARY KEY (bot, pts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stops (bot INTEGER NOT NULL, qts INTEGER NOT NULL, user INTEGER NOT NULL, date INTEGER NOT NULL,
    stopped INTEGER NOT NULL, PRIMARY KEY (bot, qts)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscription_changes (bot INTEGER NOT NULL, qts INTEGER NOT NULL, user INTEGER NOT NULL,
    payload BLOB NOT NULL, change TEXT NOT NULL, -- canceled, payment_failed or restored
    PRIMARY KEY (bot, qts)) WITHOUT ROWID;

-- What the phones show, numbered for each phone.
CREATE TABLE IF NOT EXISTS events (user INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (user, seq))
    WITHOUT ROWID;

-- Stars. Every list of transactions is numbered from 1; bodies are JSON of the values in stars/model.py.
CREATE TABLE IF NOT EXISTS stars (owner INTEGER NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (owner, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscriptions (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invoices (slug TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;

-- A destroyed key is an empty one.
CREATE TABLE IF NOT EXISTS auth_keys (id BLOB PRIMARY KEY, key BLOB NOT NULL, salt INTEGER NOT NULL, bot INTEGER) WITHOUT ROWID;
