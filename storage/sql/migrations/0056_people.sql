-- What the panel does to people needs. Expand only.

-- The chat that an operator has ended, until the pool has ended it; empty for none.
ALTER TABLE standing_changes ADD COLUMN ended_chat TEXT NOT NULL DEFAULT '';

-- Who was reported, where nobody has decided yet.
CREATE INDEX reports_undecided ON reports (reported_id) WHERE verdict = 'open';

-- What operators note about people, for each other. `number` is that of the act that wrote it. Kept for a year, or until it is removed;
-- gone with the profile.
CREATE TABLE user_notes (
    number BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    written_by TEXT NOT NULL,
    written_at DOUBLE PRECISION NOT NULL,
    text TEXT NOT NULL
);

CREATE INDEX user_notes_user ON user_notes (user_id, number);
CREATE INDEX user_notes_written ON user_notes (written_at);
