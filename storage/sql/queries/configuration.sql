-- name: configuration_rows()
-- A dozen rows, which every process reads every few seconds.
SELECT section, version, value, changed_at, changed_by FROM configuration ORDER BY section;

-- name: configuration_history(section)
-- The newest first.
SELECT section, version, value, changed_at, changed_by, note FROM configuration_history
WHERE section = :section ORDER BY version DESC;

-- name: first_configuration(section, value, now, by)^
-- Answers no row where the section has one already.
INSERT INTO configuration (section, version, value, changed_at, changed_by) VALUES (:section, 1, :value, :now, :by)
ON CONFLICT (section) DO NOTHING RETURNING version;

-- name: next_configuration(section, version, value, now, by)^
-- Answers no row where the section has another version than `version`.
UPDATE configuration SET version = version + 1, value = :value, changed_at = :now, changed_by = :by
WHERE section = :section AND version = :version RETURNING version;

-- name: note_configuration(section, version, value, now, by, note)!
INSERT INTO configuration_history (section, version, value, changed_at, changed_by, note)
VALUES (:section, :version, :value, :now, :by, :note);
