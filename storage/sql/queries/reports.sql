-- name: lock_level(user, now)^
-- Holds the person's row until the end of the transaction, so that reports of one person are booked one after the other.
INSERT INTO trust_levels (user_id, level, stepped_at, touched_at) VALUES (:user, 0, 0, :now)
ON CONFLICT (user_id) DO UPDATE SET touched_at = excluded.touched_at
RETURNING level, stepped_at;

-- name: put_level(user, level, stepped)!
UPDATE trust_levels SET level = :level, stepped_at = :stepped WHERE user_id = :user;

-- name: report_of(chat, reporter, reported)$
SELECT number FROM reports WHERE chat_id = :chat AND reporter_id = :reporter AND reported_id = :reported;

-- name: add_report(reporter, reporter_bot, reported, reported_bot, chat, reason, weight, seen, minor, now)$
-- Answers no row where somebody else took the number in the same moment.
INSERT INTO reports (
    number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, weight, counts, seen_at, minor, made_at,
    verdict, decided_by
)
SELECT COALESCE(MAX(number), 0) + 1, :reporter, :reporter_bot, :reported, :reported_bot, :chat, :reason, :weight, :weight, :seen,
    :minor, :now, 'open', '' FROM reports WHERE TRUE
ON CONFLICT (number) DO NOTHING RETURNING number;

-- name: add_evidence(number, key, sealed, expires)!
INSERT INTO report_evidence (number, key_id, sealed, expires_at) VALUES (:number, :key, :sealed, :expires);
