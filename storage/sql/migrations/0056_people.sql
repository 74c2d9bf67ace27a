-- What the panel does to people needs. Expand only.

-- The chat that an operator has ended, until the pool has ended it; empty for none.
ALTER TABLE standing_changes ADD COLUMN ended_chat TEXT NOT NULL DEFAULT '';

-- Who was reported, where nobody has decided yet.
CREATE INDEX reports_undecided ON reports (reported_id) WHERE verdict = 'open';
