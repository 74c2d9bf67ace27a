-- Who searches now: a note for the day when the pool forgets, so that those people can be told. Never a basis for decisions.
-- Retention: a row goes when its search is over.
CREATE TABLE searches (
    user_id BIGINT NOT NULL PRIMARY KEY,
    bot_id BIGINT NOT NULL,
    began_at DOUBLE PRECISION NOT NULL
);
