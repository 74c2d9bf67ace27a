-- Records of people, chats and bots. Expand only: programs of the release before run on this schema too.
-- A migration that breaks them ends in `.breaking.sql`. Times are Unix seconds.

-- Kept until the person has it deleted.
CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    language TEXT NOT NULL,
    gender TEXT,
    age INTEGER,
    asked TEXT,
    vip_until DOUBLE PRECISION NOT NULL,
    banned_until DOUBLE PRECISION NOT NULL,
    wishes TEXT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    updated_at DOUBLE PRECISION NOT NULL
);

CREATE INDEX users_banned ON users (id) WHERE banned_until > 0;

-- Kept as long as both people are: lifted by who blocked, deleted with either.
CREATE TABLE blocks (
    user_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    created_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (user_id, other_id)
);

-- Ended chats are kept for 90 days. The members are unknown where only the end has been recorded yet.
CREATE TABLE chats (
    id TEXT PRIMARY KEY,
    first_user BIGINT,
    first_bot BIGINT,
    second_user BIGINT,
    second_bot BIGINT,
    started_at DOUBLE PRECISION,
    ended_at DOUBLE PRECISION,
    why TEXT
);

CREATE INDEX chats_live ON chats (started_at) WHERE ended_at IS NULL;
CREATE INDEX chats_ended ON chats (ended_at) WHERE ended_at IS NOT NULL;

-- One row per bot, kept as long as the bot is ours: how far its updates are done, and the highest lease that wrote.
CREATE TABLE bot_state (
    bot_id BIGINT PRIMARY KEY,
    token BIGINT NOT NULL,
    pts BIGINT,
    qts BIGINT,
    date BIGINT,
    seq BIGINT
);

-- Login of a bot, encrypted; kept as long as the bot is ours.
CREATE TABLE bot_sessions (
    bot_id BIGINT PRIMARY KEY,
    key_id TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    updated_at DOUBLE PRECISION NOT NULL
);

-- What a bot must know to write to somebody; kept as long as the person is.
CREATE TABLE bot_peers (
    bot_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    access_hash BIGINT NOT NULL,
    PRIMARY KEY (bot_id, user_id)
);
