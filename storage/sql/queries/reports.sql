-- name: lock_level(user, now)^
-- Holds the person's row until the end of the transaction, so that reports of one person are booked one after the other.
INSERT INTO trust_levels (user_id, level, stepped_at, touched_at) VALUES (:user, 0, 0, :now)
ON CONFLICT (user_id) DO UPDATE SET touched_at = excluded.touched_at
RETURNING level, stepped_at;

-- name: put_level(user, level, stepped)!
UPDATE trust_levels SET level = :level, stepped_at = :stepped WHERE user_id = :user;

-- name: find_level(user)^
SELECT level, stepped_at FROM trust_levels WHERE user_id = :user;

-- name: purge_levels(before, count)!
DELETE FROM trust_levels WHERE user_id IN (
    SELECT user_id FROM trust_levels WHERE touched_at < :before ORDER BY touched_at LIMIT :count
);

-- name: report_of(chat, reporter, reported)$
SELECT number FROM reports WHERE chat_id = :chat AND reporter_id = :reporter AND reported_id = :reported;

-- name: circumstances(reporter, reported, again, today, mutual, chats, now)^
-- Of the reporter: first seen, chats (up to `chats`), reports upheld and rejected, reports since `today`; whether the person was
-- reported by the reporter since `again`, and the reporter by the person since `mutual`; whether the reporter is of age.
SELECT
    COALESCE((SELECT created_at FROM users WHERE id = :reporter), :now),
    (SELECT COUNT(*) FROM (SELECT 1 FROM chats WHERE first_user = :reporter LIMIT :chats) AS as_first)
        + (SELECT COUNT(*) FROM (SELECT 1 FROM chats WHERE second_user = :reporter LIMIT :chats) AS as_second),
    (SELECT COUNT(*) FROM reports WHERE reporter_id = :reporter AND verdict = 'upheld'),
    (SELECT COUNT(*) FROM reports WHERE reporter_id = :reporter AND verdict = 'rejected'),
    (SELECT COUNT(*) FROM reports WHERE reporter_id = :reporter AND made_at > :today),
    EXISTS (SELECT 1 FROM reports WHERE reporter_id = :reporter AND reported_id = :reported AND made_at > :again AND weight > 0),
    EXISTS (SELECT 1 FROM reports WHERE reporter_id = :reported AND reported_id = :reporter AND made_at > :mutual),
    (SELECT adult FROM age_sides WHERE user_id = :reporter);

-- name: weaken_mutual(reporter, reported, mutual, share)!
UPDATE reports SET weight = weight * :share, counts = counts * :share
WHERE reporter_id = :reported AND reported_id = :reporter AND made_at > :mutual;

-- name: add_report(reporter, reporter_bot, reported, reported_bot, chat, reason, weight, seen, minor, now)$
-- Answers no row where somebody else took the number in the same moment.
INSERT INTO reports (
    number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, weight, counts, seen_at, minor, made_at,
    verdict, decided_by
)
SELECT COALESCE(MAX(number), 0) + 1, :reporter, :reporter_bot, :reported, :reported_bot, :chat, :reason, :weight, :weight, :seen,
    :minor, :now, 'open', '' FROM reports WHERE TRUE
ON CONFLICT (number) DO NOTHING RETURNING number;

-- name: counted_reports(user, since)
SELECT reporter_id, seen_at, reason, counts, made_at, minor FROM reports
WHERE reported_id = :user AND made_at > :since AND verdict <> 'rejected' ORDER BY made_at;

-- name: chats_since(user, since)$
SELECT (SELECT COUNT(*) FROM chats WHERE first_user = :user AND started_at > :since)
    + (SELECT COUNT(*) FROM chats WHERE second_user = :user AND started_at > :since);

-- name: recorded_side(user)$
SELECT adult FROM age_sides WHERE user_id = :user;

-- name: halve_reports(user, share)!
UPDATE reports SET counts = counts * :share WHERE reported_id = :user AND counts > 0;

-- name: find_report(number)^
SELECT r.number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, made_at, weight, counts, verdict, decided_by,
    decided_at, e.expires_at
FROM reports r LEFT JOIN report_evidence e ON e.number = r.number WHERE r.number = :number;

-- name: newest_reports(before, count)
SELECT r.number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, made_at, weight, counts, verdict, decided_by,
    decided_at, e.expires_at
FROM reports r LEFT JOIN report_evidence e ON e.number = r.number
WHERE r.number < :before ORDER BY r.number DESC LIMIT :count;

-- name: reports_of(user, before, count)
SELECT r.number, reporter_id, reporter_bot, reported_id, reported_bot, chat_id, reason, made_at, weight, counts, verdict, decided_by,
    decided_at, e.expires_at
FROM reports r LEFT JOIN report_evidence e ON e.number = r.number
WHERE reported_id = :user AND r.number < :before ORDER BY r.number DESC LIMIT :count;

-- name: decide_report(number, verdict, by, now, share)!
-- Changes no row where it was decided before.
UPDATE reports SET verdict = :verdict, decided_by = :by, decided_at = :now, counts = counts * :share
WHERE number = :number AND verdict = 'open';

-- name: open_reports_of(user)
SELECT number, reason, weight FROM reports WHERE reported_id = :user AND verdict = 'open' ORDER BY number;

-- name: clear_score(user)!
UPDATE reports SET counts = 0 WHERE reported_id = :user AND counts > 0;

-- name: verdicts_of_reporter(user)^
SELECT
    (SELECT COUNT(*) FROM reports WHERE reporter_id = :user AND verdict = 'upheld'),
    (SELECT COUNT(*) FROM reports WHERE reporter_id = :user AND verdict = 'rejected');

-- name: purge_reports(before, count)!
-- The newest stays, so that no number is given out again.
DELETE FROM reports WHERE number IN (
    SELECT number FROM reports WHERE made_at < :before AND number < (SELECT MAX(number) FROM reports)
        AND NOT EXISTS (SELECT 1 FROM report_evidence e WHERE e.number = reports.number)
    ORDER BY made_at LIMIT :count
);

-- name: add_evidence(number, key, sealed, expires)!
INSERT INTO report_evidence (number, key_id, sealed, expires_at) VALUES (:number, :key, :sealed, :expires);

-- name: find_evidence(number, now)^
SELECT key_id, sealed FROM report_evidence WHERE number = :number AND expires_at > :now;

-- name: keep_evidence(number, expires)!
UPDATE report_evidence SET expires_at = :expires WHERE number = :number;

-- name: purge_evidence(before, count)!
DELETE FROM report_evidence WHERE number IN (
    SELECT number FROM report_evidence WHERE expires_at <= :before ORDER BY expires_at LIMIT :count
);
