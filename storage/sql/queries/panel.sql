-- name: find_panel_admin(user)^
SELECT user_id, role, name, added_at, added_by FROM panel_admins WHERE user_id = :user;

-- name: panel_admins()
SELECT user_id, role, name, added_at, added_by FROM panel_admins ORDER BY added_at, user_id;

-- name: hold_panel_owners()
-- Holds their rows until the end of the transaction.
UPDATE panel_admins SET role = role WHERE role = 'owner' RETURNING user_id;

-- name: put_panel_admin(user, role, name, now, by)!
INSERT INTO panel_admins (user_id, role, name, added_at, added_by) VALUES (:user, :role, :name, :now, :by)
ON CONFLICT (user_id) DO UPDATE SET role = excluded.role, name = excluded.name;

-- name: remove_panel_admin(user)^
DELETE FROM panel_admins WHERE user_id = :user RETURNING role, name;

-- name: open_panel_question(reference, holder, code, user, bot, address, browser, act, name, state, now, expires)!
-- Changes no row where the holder has one.
INSERT INTO panel_questions (
    reference, holder, code_hash, user_id, bot_id, address, browser, act, name, state, asked_at, expires_at
) VALUES (:reference, :holder, :code, :user, :bot, :address, :browser, :act, :name, :state, :now, :expires)
ON CONFLICT (holder) DO NOTHING;

-- name: ask_panel_question(code, user, bot, now)^
UPDATE panel_questions SET state = 'asked', bot_id = :bot
WHERE code_hash = :code AND user_id = :user AND state <> 'accepted' AND expires_at > :now
RETURNING reference, address, browser, asked_at, act;

-- name: accept_panel_question(reference, user, now, expires)^
UPDATE panel_questions SET state = 'accepted', expires_at = :expires
WHERE reference = :reference AND user_id = :user AND state = 'asked' AND expires_at > :now
RETURNING address, browser, act;

-- name: refuse_panel_question(reference, user, now)^
DELETE FROM panel_questions WHERE reference = :reference AND user_id = :user AND state = 'asked' AND expires_at > :now
RETURNING address, browser, act;

-- name: find_panel_question(holder, now)^
SELECT reference, state, expires_at FROM panel_questions WHERE holder = :holder AND expires_at > :now;

-- name: state_of_panel_question(reference, holders, now)$
-- `holders`: how the holder begins, with % behind it.
SELECT state FROM panel_questions WHERE reference = :reference AND holder LIKE :holders AND expires_at > :now;

-- name: take_panel_question(holder, now)^
-- One that was accepted: it is good once.
DELETE FROM panel_questions WHERE holder = :holder AND state = 'accepted' AND expires_at > :now
RETURNING reference, user_id, bot_id, name;

-- name: drop_panel_question(holder)
DELETE FROM panel_questions WHERE holder = :holder RETURNING reference, state, user_id, address, browser, act;

-- name: drop_panel_questions_like(holders)
-- Not those that were accepted.
DELETE FROM panel_questions WHERE holder LIKE :holders AND state <> 'accepted'
RETURNING reference, state, user_id, address, browser, act;

-- name: drop_panel_questions_of(user)!
DELETE FROM panel_questions WHERE user_id = :user;

-- name: purge_panel_questions(now)
DELETE FROM panel_questions WHERE expires_at <= :now RETURNING reference, state, user_id, address, browser, act;

-- name: hold_panel_failures(user, now)^
-- Holds the person's row until the end of the transaction.
INSERT INTO panel_failures (user_id, failures, last_at) VALUES (:user, 0, :now)
ON CONFLICT (user_id) DO UPDATE SET failures = panel_failures.failures RETURNING failures, last_at;

-- name: put_panel_failures(user, failures, now)!
UPDATE panel_failures SET failures = :failures, last_at = :now WHERE user_id = :user;

-- name: forget_panel_failures(user)!
DELETE FROM panel_failures WHERE user_id = :user;

-- name: purge_panel_failures(before)!
DELETE FROM panel_failures WHERE last_at < :before;

-- name: begin_panel_session(reference, secret, user, bot, name, address, browser, now)!
INSERT INTO panel_sessions (reference, secret_hash, user_id, bot_id, name, address, browser, created_at, seen_at)
VALUES (:reference, :secret, :user, :bot, :name, :address, :browser, :now, :now);

-- name: find_panel_session(secret)^
SELECT reference, user_id, name, address, browser, created_at, seen_at FROM panel_sessions WHERE secret_hash = :secret;

-- name: asks_panel_session(reference)^
-- Whom it belongs to, and where they are asked.
SELECT user_id, bot_id FROM panel_sessions WHERE reference = :reference;

-- name: note_panel_session(reference, now)!
UPDATE panel_sessions SET seen_at = :now WHERE reference = :reference AND seen_at < :now;

-- name: panel_sessions(user)
-- A user below 0 is any.
SELECT reference, user_id, name, address, browser, created_at, seen_at FROM panel_sessions
WHERE :user < 0 OR user_id = :user ORDER BY created_at DESC, reference;

-- name: end_panel_session(reference)^
DELETE FROM panel_sessions WHERE reference = :reference RETURNING user_id, name;

-- name: end_panel_sessions_of(user)!
DELETE FROM panel_sessions WHERE user_id = :user;

-- name: purge_panel_sessions(created, seen)!
DELETE FROM panel_sessions WHERE created_at <= :created OR seen_at <= :seen;

-- name: add_panel_token(name, secret, role, user, by, now, expires)!
-- Changes no row where the name is taken.
INSERT INTO panel_tokens (name, secret_hash, role, user_id, created_by, created_at, expires_at)
VALUES (:name, :secret, :role, :user, :by, :now, :expires) ON CONFLICT DO NOTHING;

-- name: find_panel_token(secret, now)^
SELECT name, role, user_id, created_by, created_at, expires_at, used_at FROM panel_tokens
WHERE secret_hash = :secret AND expires_at > :now;

-- name: panel_tokens()
SELECT name, role, user_id, created_by, created_at, expires_at, used_at FROM panel_tokens ORDER BY created_at, name;

-- name: note_panel_token(name, now)!
UPDATE panel_tokens SET used_at = :now WHERE name = :name;

-- name: revoke_panel_token(name)^
DELETE FROM panel_tokens WHERE name = :name RETURNING role;

-- name: revoke_panel_tokens_of(user)!
DELETE FROM panel_tokens WHERE user_id = :user;

-- name: purge_panel_tokens(now)!
DELETE FROM panel_tokens WHERE expires_at <= :now;

-- name: export_panel_admins(user)
SELECT role, added_at FROM panel_admins WHERE user_id = :user;

-- name: export_panel_questions(user)
SELECT asked_at FROM panel_questions WHERE user_id = :user ORDER BY asked_at;

-- name: export_panel_failures(user)
SELECT failures, last_at FROM panel_failures WHERE user_id = :user;

-- name: export_panel_sessions(user)
SELECT address, browser, created_at, seen_at FROM panel_sessions WHERE user_id = :user ORDER BY created_at;

-- name: export_panel_tokens(user)
SELECT name, role, created_at, expires_at FROM panel_tokens WHERE user_id = :user ORDER BY created_at;
