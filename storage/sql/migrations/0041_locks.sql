-- Locks of chats. Expand only. Times are Unix seconds.

-- A lock that somebody has paid for, from the press on. `state`: pending (the credits are held, and the pool is asked), active, void
-- (it was not set, and the credits are back), over. `why` is empty while the chat has not ended it; `back`: credits that came back.
-- `user_id` is NULL where the owner had their data deleted. `since_at` and `until_at` are by the clock of Redis, 0 while pending.
CREATE TABLE locks (
    id TEXT NOT NULL PRIMARY KEY,
    chat_id TEXT NOT NULL,
    bot_id BIGINT NOT NULL,
    user_id BIGINT,
    account TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    price INTEGER NOT NULL,
    state TEXT NOT NULL,
    pressed_at DOUBLE PRECISION NOT NULL,
    since_at DOUBLE PRECISION NOT NULL,
    until_at DOUBLE PRECISION NOT NULL,
    ended_at DOUBLE PRECISION,
    why TEXT NOT NULL,
    back INTEGER NOT NULL
);

CREATE INDEX locks_pending ON locks (pressed_at) WHERE state = 'pending';
CREATE INDEX locks_active ON locks (until_at) WHERE state = 'active';
CREATE INDEX locks_ended ON locks (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX locks_user ON locks (user_id);
