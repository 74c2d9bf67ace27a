-- name: extend_ban(user, until, reason, banned_by, now)!
-- A rule's. Changes no row where the ban lasts longer already.
INSERT INTO bans (user_id, until, reason, banned_by, created_at) VALUES (:user, :until, :reason, :banned_by, :now)
ON CONFLICT (user_id) DO UPDATE SET
    until = excluded.until, reason = excluded.reason, banned_by = excluded.banned_by, created_at = excluded.created_at,
    note = '', by_person = FALSE
WHERE bans.until < excluded.until;

-- name: ban_of(user)^
SELECT until, reason, banned_by FROM bans WHERE user_id = :user;

-- name: add_hold(user, rule, report, now)!
-- Changes no row where the person is held already.
INSERT INTO holds (user_id, rule, report, since) VALUES (:user, :rule, :report, :now) ON CONFLICT (user_id) DO NOTHING;

-- name: find_hold(user)^
SELECT rule, report, since FROM holds WHERE user_id = :user;

-- name: end_hold(user)!
DELETE FROM holds WHERE user_id = :user;

-- name: mark_change(user, version)!
INSERT INTO standing_changes (user_id, version) VALUES (:user, :version)
ON CONFLICT (user_id) DO UPDATE SET version = excluded.version;

-- name: mark_chat_end(user, version, chat)!
INSERT INTO standing_changes (user_id, version, ended_chat) VALUES (:user, :version, :chat)
ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, ended_chat = excluded.ended_chat;

-- name: standing_changes(count)
SELECT c.user_id, c.version, COALESCE(b.until, 0), h.user_id IS NOT NULL, c.ended_chat FROM standing_changes c
LEFT JOIN bans b ON b.user_id = c.user_id LEFT JOIN holds h ON h.user_id = c.user_id LIMIT :count;

-- name: standing_of(user)^
SELECT COALESCE((SELECT until FROM bans WHERE user_id = :user), 0), EXISTS (SELECT 1 FROM holds WHERE user_id = :user);

-- name: change_settled(user, version)!
DELETE FROM standing_changes WHERE user_id = :user AND version = :version;

-- name: open_item(user, bot, rule, detail, report, urgent, wanted, now)$
-- One open item of a person and rule: found again, it is counted. No row where somebody else took the number in the same moment.
INSERT INTO review_items (
    number, user_id, bot_id, rule, detail, report, urgent, wanted, times, opened_at, noted_at, closed_by
)
SELECT COALESCE(MAX(number), 0) + 1, :user, :bot, :rule, :detail, :report, :urgent, :wanted, 1, :now, :now, ''
FROM review_items WHERE TRUE
ON CONFLICT DO NOTHING RETURNING number;

-- name: was_found(user, rule)$
SELECT EXISTS (SELECT 1 FROM review_items WHERE user_id = :user AND rule = :rule);

-- name: note_again(user, rule, detail, report, urgent, wanted, now)$
UPDATE review_items SET detail = :detail, report = COALESCE(:report, report), urgent = urgent OR :urgent,
    opened_at = CASE WHEN wanted THEN opened_at ELSE :now END, wanted = wanted OR :wanted, times = times + 1, noted_at = :now
WHERE user_id = :user AND rule = :rule AND closed_at IS NULL RETURNING number;

-- name: review_list(count)
SELECT number, user_id, bot_id, rule, detail, report, urgent, times, opened_at, closed_by, closed_at FROM review_items
WHERE closed_at IS NULL AND wanted ORDER BY urgent DESC, opened_at, number LIMIT :count;

-- name: urgent_items_of(bot)
SELECT number, user_id, bot_id, rule, detail, report, urgent, times, opened_at, closed_by, closed_at FROM review_items
WHERE closed_at IS NULL AND wanted AND urgent AND bot_id = :bot ORDER BY opened_at, number LIMIT 100;

-- name: closed_items(count)
SELECT number, user_id, bot_id, rule, detail, report, urgent, times, opened_at, closed_by, closed_at FROM review_items
WHERE closed_at IS NOT NULL AND wanted ORDER BY closed_at DESC, number DESC LIMIT :count;

-- name: find_item(number)^
SELECT number, user_id, bot_id, rule, detail, report, urgent, times, opened_at, closed_by, closed_at FROM review_items
WHERE number = :number;

-- name: close_item(number, by, now)!
UPDATE review_items SET closed_by = :by, closed_at = :now WHERE number = :number AND closed_at IS NULL;

-- name: holding_item(user)$
SELECT i.number FROM review_items i JOIN holds h ON h.user_id = i.user_id AND h.rule = i.rule
WHERE i.user_id = :user AND i.closed_at IS NULL;

-- name: close_items_of(user, kept, by, now)!
UPDATE review_items SET closed_by = :by, closed_at = :now WHERE user_id = :user AND closed_at IS NULL AND number <> :kept;

-- name: close_items_of_report(report, kept, by, now)!
UPDATE review_items SET closed_by = :by, closed_at = :now WHERE report = :report AND closed_at IS NULL AND number <> :kept;

-- name: reopen_holding_item(user)!
-- Where the item was closed before the hold was theirs, or its.
UPDATE review_items SET closed_by = '', closed_at = NULL WHERE number = (
    SELECT MAX(i.number) FROM review_items i JOIN holds h ON h.user_id = i.user_id AND h.rule = i.rule WHERE i.user_id = :user
) AND NOT EXISTS (
    SELECT 1 FROM review_items i JOIN holds h ON h.user_id = i.user_id AND h.rule = i.rule
    WHERE i.user_id = :user AND i.closed_at IS NULL
);

-- name: point_items_at(report, other, rule)!
-- Another report is what the person is looked at for.
UPDATE review_items SET report = :other WHERE report = :report AND rule = :rule AND closed_at IS NULL;

-- name: urgent_item_besides(user, report)^
-- What else the person is to be held for.
SELECT rule, report FROM review_items
WHERE user_id = :user AND urgent AND closed_at IS NULL AND (report IS NULL OR report <> :report)
ORDER BY opened_at, number LIMIT 1;

-- name: move_hold(user, rule, report)!
UPDATE holds SET rule = :rule, report = :report WHERE user_id = :user;

-- name: close_items_by_rule(user, rule, by, now)!
UPDATE review_items SET closed_by = :by, closed_at = :now WHERE user_id = :user AND rule = :rule AND closed_at IS NULL;

-- name: unreviewed_bans(rule, before, now)
-- Items of people whose ban by the ladder lasts, and was not renewed.
SELECT i.number, i.user_id FROM review_items i JOIN bans b ON b.user_id = i.user_id
WHERE i.rule = :rule AND i.closed_at IS NULL AND i.renewed_at IS NULL AND i.opened_at <= :before
    AND b.until > :now AND b.banned_by = 'reports';

-- name: item_renewed(number, now)!
UPDATE review_items SET renewed_at = :now WHERE number = :number AND renewed_at IS NULL AND closed_at IS NULL;

-- name: purge_items(before, count)!
-- Those that nobody has to look at, or looked at. The newest stays, so that no number is given out again.
DELETE FROM review_items WHERE number IN (
    SELECT number FROM review_items WHERE noted_at < :before AND COALESCE(closed_at, 0) < :before
        AND (closed_at IS NOT NULL OR NOT wanted) AND number < (SELECT MAX(number) FROM review_items)
    ORDER BY noted_at LIMIT :count
);
