-- What people think of those they talked to. Expand only.

-- Counters, by the person who was rated.
CREATE TABLE ratings (
    user_id BIGINT NOT NULL PRIMARY KEY,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL
);

-- Who has rated which chat, so that each counts once. Not what they said. Kept for as long as a chat can be rated.
CREATE TABLE rated_chats (
    chat_id TEXT NOT NULL,
    rater_id BIGINT NOT NULL,
    rated_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (chat_id, rater_id)
);

CREATE INDEX rated_chats_at ON rated_chats (rated_at);
-- For what is asked and deleted by person.
CREATE INDEX rated_chats_rater ON rated_chats (rater_id);
