-- What lists of people in the panel need. Expand only: programs of the release before do not write the new columns.

-- When somebody last wrote to a bot, and to which; 0 where that is not known. Gone with the profile.
ALTER TABLE users ADD COLUMN last_seen DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_bot BIGINT NOT NULL DEFAULT 0;

-- They were there when they last changed their profile.
UPDATE users SET last_seen = updated_at;

-- Lists are by the time of joining (users_created).
CREATE INDEX users_of_language ON users (language, created_at);
CREATE INDEX users_of_bot ON users (last_bot, created_at);
CREATE INDEX users_seen ON users (last_seen);
CREATE INDEX age_sides_minors ON age_sides (user_id) WHERE NOT adult;

-- At which bots somebody is known.
CREATE INDEX bot_peers_user ON bot_peers (user_id);
