-- A person's data: the copy for them (`export_…`, by the columns of storage/sql/personal/tables.py), and the deletion (`erase_…`).

-- name: export_users(user)
SELECT language, gender, age, wishes, media, protected, created_at, updated_at, last_seen, last_bot FROM users WHERE id = :user;

-- name: export_age_sides(user)
SELECT adult, since, adult_from, changed_at FROM age_sides WHERE user_id = :user;

-- name: export_entitlements(user)
SELECT vip_until FROM entitlements WHERE user_id = :user;

-- name: export_chats(user)
SELECT started_at, ended_at FROM chats WHERE first_user = :user
UNION ALL SELECT started_at, ended_at FROM chats WHERE second_user = :user ORDER BY 1;

-- name: export_ratings(user)
-- How often, not how: by a copy before and after a chat, its partner's thumb would be known.
SELECT up + down FROM ratings WHERE user_id = :user;

-- name: export_rated_chats(user)
SELECT rated_at FROM rated_chats WHERE rater_id = :user ORDER BY 1;

-- name: export_searches(user)
SELECT bot_id, began_at FROM searches WHERE user_id = :user;

-- name: export_blocks(user)
SELECT created_at FROM blocks WHERE user_id = :user ORDER BY 1;

-- name: export_user_notes(user)
SELECT written_at, text FROM user_notes WHERE user_id = :user ORDER BY 1;

-- name: export_bans(user)
SELECT created_at, until, reason FROM bans WHERE user_id = :user;

-- name: export_orders(user)
SELECT id, kind, plan, days, stars, state, created_at FROM orders WHERE user_id = :user ORDER BY created_at;

-- name: export_charges(user)
SELECT charge_id, order_id, kind, plan, amount, paid_at, refunded_at, refund_reason FROM charges
WHERE user_id = :user ORDER BY paid_at;

-- name: export_ledger_events(user)
SELECT kind, order_id, happened_at FROM ledger_events WHERE user_id = :user ORDER BY happened_at;

-- name: export_vip_grants(user)
SELECT seconds, granted_at, used_seconds FROM vip_grants WHERE user_id = :user ORDER BY position;

-- name: export_credit_accounts(user)
SELECT amount, kind, happened_at, note FROM (
    SELECT t.amount, e.kind, e.happened_at, e.note FROM credit_accounts c
    JOIN ledger_transfers t ON t.target = 'user:' || CAST(c.number AS TEXT) JOIN ledger_events e ON e.id = t.event_id
    WHERE c.user_id = :user
    UNION ALL
    SELECT -t.amount, e.kind, e.happened_at, e.note FROM credit_accounts c
    JOIN ledger_transfers t ON t.source = 'user:' || CAST(c.number AS TEXT) JOIN ledger_events e ON e.id = t.event_id
    WHERE c.user_id = :user
) AS entries ORDER BY happened_at;

-- name: export_subscriptions(user)
SELECT order_id, plan, state, until, cancel_asked FROM subscriptions WHERE user_id = :user ORDER BY until;

-- name: export_refund_requests(user)
SELECT r.charge_id, r.reason, r.asked_at, r.outcome FROM refund_requests r
JOIN charges c ON c.charge_id = r.charge_id AND c.bot_id = r.bot_id WHERE c.user_id = :user ORDER BY r.asked_at;

-- name: export_terms_accepted(user)
SELECT accepted_at FROM terms_accepted WHERE user_id = :user;

-- name: export_gift_links(user)
-- Those that they bought, and those that they redeemed.
SELECT days, buyer_id = :user, redeemed_at FROM gift_links WHERE buyer_id = :user OR redeemed_by = :user;

-- name: export_payment_notices(user)
SELECT text, due_at, sent_at FROM payment_notices WHERE user_id = :user ORDER BY due_at;

-- name: export_support_tickets(user)
SELECT id, text, opened_at FROM support_tickets WHERE user_id = :user ORDER BY id;

-- name: export_bot_peers(user)
SELECT bot_id FROM bot_peers WHERE user_id = :user AND bot_id IN (SELECT bot_id FROM bot_state) ORDER BY bot_id;

-- name: export_reports(user)
-- Those that they made. Who reported them is nobody's to know.
SELECT made_at, reason, verdict, decided_at FROM reports WHERE reporter_id = :user ORDER BY made_at;

-- name: export_trust_levels(user)
SELECT level, stepped_at FROM trust_levels WHERE user_id = :user;

-- name: export_holds(user)
SELECT since FROM holds WHERE user_id = :user;

-- name: export_review_items(user)
SELECT rule, opened_at, closed_at FROM review_items WHERE user_id = :user ORDER BY opened_at;

-- name: export_appeals(user)
SELECT text, opened_at, answered_at, verdict, answer FROM appeals WHERE user_id = :user ORDER BY opened_at;

-- name: export_audit(user)
-- What operators did about them, without who.
SELECT at, act FROM audit WHERE target = 'user:' || CAST(:user AS TEXT) ORDER BY at;

-- name: erase_reports(user, hashed)!
-- Those that they made. Reports about them stay as long as they would.
UPDATE reports SET reporter_id = :hashed WHERE reporter_id = :user;

-- name: kept_reports(user, now)^
-- About them, but for the rejected: how many, and until when the last evidence of them is kept.
SELECT COUNT(*), COALESCE(MAX(e.expires_at), 0) FROM reports r
LEFT JOIN report_evidence e ON e.number = r.number AND e.expires_at > :now
WHERE r.reported_id = :user AND r.verdict <> 'rejected';

-- name: erase_trust_levels(user)^
DELETE FROM trust_levels WHERE user_id = :user RETURNING level, stepped_at, touched_at;

-- name: restore_level(user, level, stepped, touched)!
-- The higher one stays: a report of meanwhile may have made the row.
INSERT INTO trust_levels (user_id, level, stepped_at, touched_at) VALUES (:user, :level, :stepped, :touched)
ON CONFLICT (user_id) DO UPDATE SET level = excluded.level, stepped_at = excluded.stepped_at
WHERE trust_levels.level < excluded.level;

-- name: erase_appeals(user, now)!
-- The number stays, so that it is not given out again.
UPDATE appeals SET user_id = -id, text = '', answer = '', ban_note = '', answered_at = COALESCE(answered_at, :now)
WHERE user_id = :user;

-- name: claim_appeal(user, number)!
-- It stays empty: what they wrote is deleted.
UPDATE appeals SET user_id = :user WHERE id = :number AND user_id = -id;

-- name: export_exports(user)
SELECT exported_at FROM exports WHERE user_id = :user;

-- name: export_deletions(user)
SELECT asked_at FROM deletions WHERE user_id = :user;

-- name: export_tombstones(person)
SELECT kind, kept_until FROM tombstones WHERE person = :person ORDER BY kind;

-- name: claim_export(user, key, now, before)$
-- Answers no row for somebody who had one since `before`, by another update.
INSERT INTO exports (user_id, update_key, exported_at) VALUES (:user, :key, :now)
ON CONFLICT (user_id) DO UPDATE SET update_key = excluded.update_key, exported_at = excluded.exported_at
WHERE exports.exported_at <= :before OR exports.update_key = :key
RETURNING exported_at;

-- name: last_export(user)$
SELECT exported_at FROM exports WHERE user_id = :user;

-- name: take_back_export(user, key)!
DELETE FROM exports WHERE user_id = :user AND update_key = :key;

-- name: purge_exports(before, count)!
DELETE FROM exports WHERE user_id IN (SELECT user_id FROM exports WHERE exported_at < :before ORDER BY exported_at LIMIT :count);

-- name: ask_deletion(user, bot, now)!
-- The first one stays.
INSERT INTO deletions (user_id, bot_id, asked_at) VALUES (:user, :bot, :now) ON CONFLICT (user_id) DO NOTHING;

-- name: asked_deletions(bot, left)
SELECT user_id FROM deletions WHERE bot_id = :bot AND asked_at <= :left ORDER BY asked_at LIMIT 100;

-- name: has_live_chat(user)$
SELECT COUNT(*) FROM (
    SELECT 1 FROM chats WHERE first_user = :user AND ended_at IS NULL
    UNION ALL SELECT 1 FROM chats WHERE second_user = :user AND ended_at IS NULL
) AS live;

-- name: erase_deletions(user)^
-- Answers no row where it was carried out meanwhile. Locks the row until the end of the transaction.
DELETE FROM deletions WHERE user_id = :user RETURNING bot_id, asked_at;

-- name: erase_users(user)!
DELETE FROM users WHERE id = :user;

-- name: erase_age_sides(user)^
DELETE FROM age_sides WHERE user_id = :user RETURNING adult, since, adult_from, changed_at;

-- name: erase_bans(user)^
DELETE FROM bans WHERE user_id = :user RETURNING until, reason, banned_by, created_at, by_person;

-- name: erase_credit_accounts(user)$
DELETE FROM credit_accounts WHERE user_id = :user RETURNING number;

-- name: erase_entitlements(user)!
DELETE FROM entitlements WHERE user_id = :user;

-- name: erase_ratings(user)!
DELETE FROM ratings WHERE user_id = :user;

-- name: erase_rated_chats(user)!
DELETE FROM rated_chats WHERE rater_id = :user;

-- name: erase_searches(user)!
DELETE FROM searches WHERE user_id = :user;

-- name: own_blocks(user)
SELECT other_id FROM blocks WHERE user_id = :user AND why = 'block';

-- name: erase_blocks(user)!
-- Others' blocks of them stay: they are theirs. So do separations by reports: the two never meet again.
DELETE FROM blocks WHERE user_id = :user AND why = 'block';

-- name: erase_user_notes(user)!
DELETE FROM user_notes WHERE user_id = :user;

-- name: erase_chats(user, hashed)!
UPDATE chats SET first_user = CASE WHEN first_user = :user THEN :hashed ELSE first_user END,
    second_user = CASE WHEN second_user = :user THEN :hashed ELSE second_user END
WHERE id IN (SELECT id FROM chats WHERE first_user = :user UNION ALL SELECT id FROM chats WHERE second_user = :user);

-- name: erase_payment_notices(user)!
DELETE FROM payment_notices WHERE user_id = :user;

-- name: erase_support_tickets(user, now)!
-- The number stays, so that it is not given out again.
UPDATE support_tickets SET user_id = 0, text = '', told_at = COALESCE(told_at, :now) WHERE user_id = :user;

-- name: erase_bot_peers(user)!
DELETE FROM bot_peers WHERE user_id = :user AND bot_id IN (SELECT bot_id FROM bot_state);

-- name: erase_exports(user)!
DELETE FROM exports WHERE user_id = :user;

-- name: ask_to_cancel_of(user)!
UPDATE subscriptions SET cancel_asked = TRUE WHERE user_id = :user AND state <> 'cancelled' AND NOT cancel_asked;

-- name: has_payments(user)$
SELECT COUNT(*) FROM (SELECT 1 FROM charges WHERE user_id = :user UNION ALL SELECT 1 FROM orders WHERE user_id = :user) AS paid;

-- name: add_tombstone(person, kind, body, until)!
INSERT INTO tombstones (person, kind, body, kept_until) VALUES (:person, :kind, :body, :until)
ON CONFLICT (person, kind) DO UPDATE SET body = excluded.body, kept_until = excluded.kept_until;

-- name: take_tombstones(person)
DELETE FROM tombstones WHERE person = :person RETURNING kind, body, kept_until;

-- name: find_tombstone(person, kind, now)$
SELECT body FROM tombstones WHERE person = :person AND kind = :kind AND kept_until > :now;

-- name: drop_tombstone(person, kind)!
DELETE FROM tombstones WHERE person = :person AND kind = :kind;

-- name: restore_ban(user, until, reason, banned_by, created, by_person)!
-- Of a ban of meanwhile, an operator's stays, and of rules the longer one.
INSERT INTO bans (user_id, until, reason, banned_by, created_at, by_person)
VALUES (:user, :until, :reason, :banned_by, :created, :by_person)
ON CONFLICT (user_id) DO UPDATE SET
    until = excluded.until, reason = excluded.reason, banned_by = excluded.banned_by, note = '',
    created_at = excluded.created_at, by_person = excluded.by_person
WHERE NOT bans.by_person AND bans.until < excluded.until;

-- name: claim_reports(user, hashed)!
-- Those of chats from before the deletion that were made after it. One that was made before it, too, stays alone.
UPDATE reports SET reported_id = :user WHERE reported_id = :hashed AND NOT EXISTS (
    SELECT 1 FROM reports AS of_person
    WHERE of_person.chat_id = reports.chat_id AND of_person.reporter_id = reports.reporter_id AND of_person.reported_id = :user
);

-- name: claim_items(user, hashed)!
UPDATE review_items SET user_id = :user WHERE user_id = :hashed AND (closed_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM review_items AS of_person
    WHERE of_person.user_id = :user AND of_person.rule = review_items.rule AND of_person.closed_at IS NULL
));

-- name: claim_hold(user, hashed)!
INSERT INTO holds (user_id, rule, report, since) SELECT :user, rule, report, since FROM holds WHERE user_id = :hashed
ON CONFLICT (user_id) DO NOTHING;

-- name: separations_from(hashed)
SELECT user_id, why FROM blocks WHERE other_id = :hashed;

-- name: claim_separation(owner, hashed, user)!
-- A block that exists stays as it is, unless a report takes its place.
INSERT INTO blocks (user_id, other_id, created_at, why)
SELECT user_id, :user, created_at, why FROM blocks WHERE user_id = :owner AND other_id = :hashed
ON CONFLICT (user_id, other_id) DO UPDATE SET why = excluded.why WHERE excluded.why = 'report';

-- name: forget_separation(owner, hashed)!
DELETE FROM blocks WHERE user_id = :owner AND other_id = :hashed;

-- name: restore_side(user, adult, since, adult_from, changed)!
INSERT INTO age_sides (user_id, adult, since, adult_from, changed_at) VALUES (:user, :adult, :since, :adult_from, :changed)
ON CONFLICT (user_id) DO NOTHING;

-- name: purge_late_peers(before, count)!
-- Access hashes of people whose deletion was told before that time. A worker stores a hash some moments after it has met somebody, so
-- that one may come after the deletion. Whoever has begun anew keeps theirs.
DELETE FROM bot_peers WHERE (bot_id, user_id) IN (
    SELECT p.bot_id, p.user_id FROM payment_notices n
    JOIN bot_state b ON TRUE JOIN bot_peers p ON p.bot_id = b.bot_id AND p.user_id = n.user_id
    WHERE n.text = 'data-deleted' AND n.sent_at < :before AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = n.user_id)
    LIMIT :count
);

-- name: purge_late_votes(before, count)!
-- The same of a thumb that a partner gave in the moment of the deletion.
DELETE FROM ratings WHERE user_id IN (
    SELECT r.user_id FROM payment_notices n JOIN ratings r ON r.user_id = n.user_id
    WHERE n.text = 'data-deleted' AND n.sent_at < :before AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = n.user_id)
    LIMIT :count
);

-- name: purge_farewells(before, count)!
-- The text of a deletion is the last that names the person.
DELETE FROM payment_notices WHERE id IN (
    SELECT id FROM payment_notices WHERE text = 'data-deleted' AND sent_at < :before LIMIT :count
);

-- name: purge_tombstones(before, count)!
DELETE FROM tombstones WHERE (person, kind) IN (
    SELECT person, kind FROM tombstones WHERE kept_until < :before ORDER BY kept_until LIMIT :count
);
