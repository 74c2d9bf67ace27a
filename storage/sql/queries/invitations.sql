-- Codes of invitations, and who came by whom.

-- name: invite_code(user)$
SELECT code FROM invite_codes WHERE user_id = :user;

-- name: add_invite_code(user, bot, code, now)!
-- The one that there is stays.
INSERT INTO invite_codes (user_id, bot_id, code, made_at) VALUES (:user, :bot, :code, :now)
ON CONFLICT (user_id) DO UPDATE SET bot_id = excluded.bot_id;

-- name: put_invite_code(user, bot, code, now)!
INSERT INTO invite_codes (user_id, bot_id, code, made_at) VALUES (:user, :bot, :code, :now)
ON CONFLICT (user_id) DO UPDATE SET bot_id = excluded.bot_id, code = excluded.code, made_at = excluded.made_at;

-- name: bot_of_code(user)$
SELECT bot_id FROM invite_codes WHERE user_id = :user;

-- name: invitations_of(user, since)^
-- Of an inviter: who counts, who was rewarded, who is pending, who was rewarded since then.
SELECT
    COALESCE(SUM(CASE WHEN state IN ('rewarded', 'capped', 'held') THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN state = 'rewarded' THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN state IN ('opened', 'held') THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN state = 'rewarded' AND counted_at > :since THEN 1 ELSE 0 END), 0)
FROM referrals WHERE inviter_id = :user;

-- name: inviter_by_code(code, now)$
-- Nobody who is banned.
SELECT c.user_id FROM invite_codes c LEFT JOIN bans b ON b.user_id = c.user_id AND b.until > :now
WHERE c.code = :code AND b.user_id IS NULL;

-- name: is_new(user, hashed)$
-- Whether somebody has never completed a profile here, as far as is known, also before a deletion.
SELECT COUNT(*) FROM users WHERE id = :user AND age IS NULL
    AND NOT EXISTS (SELECT 1 FROM age_sides WHERE user_id = :user)
    AND NOT EXISTS (SELECT 1 FROM trust_levels WHERE user_id = :user)
    AND NOT EXISTS (SELECT 1 FROM bans WHERE user_id = :user)
    AND NOT EXISTS (SELECT 1 FROM referrals WHERE invited_id = :user OR invited_id = :hashed);

-- name: has_invited(inviter, user, hashed)$
-- Whether the inviter came by an invitation of that person, or of somebody whom they invited, and so on.
WITH RECURSIVE above (id) AS (
    SELECT inviter_id FROM referrals WHERE invited_id = :inviter
    UNION SELECT r.inviter_id FROM referrals r JOIN above ON r.invited_id = above.id
)
SELECT COUNT(*) FROM above WHERE id = :user OR id = :hashed;

-- name: open_referral(user, inviter, now)$
-- Answers no row where the person came by another one before, or somebody else took the number in the same moment.
INSERT INTO referrals (number, invited_id, inviter_id, state, opened_at, decided_by)
SELECT COALESCE(MAX(number), 0) + 1, :user, :inviter, 'opened', :now, '' FROM referrals WHERE TRUE
ON CONFLICT DO NOTHING RETURNING number;

-- name: has_referral(user)$
SELECT COUNT(*) FROM referrals WHERE invited_id = :user;

-- name: count_referral(user, now)^
-- Answers a row once, when the profile is complete. The state is put by `put_referral_state` in the same transaction.
UPDATE referrals SET state = 'counted', counted_at = :now WHERE invited_id = :user AND state = 'opened'
    AND EXISTS (SELECT 1 FROM users WHERE id = :user AND gender IS NOT NULL AND age IS NOT NULL)
RETURNING number, inviter_id;

-- name: put_referral_state(number, state)!
UPDATE referrals SET state = :state WHERE number = :number;

-- name: inviter_stands(user, now)$
SELECT COUNT(*) FROM users WHERE id = :user AND NOT EXISTS (SELECT 1 FROM bans WHERE user_id = :user AND until > :now);

-- name: recent_referrals(inviter, number, burst, day)^
-- Others of that inviter: who was counted since `burst`, and who was rewarded of those counted since `day`.
SELECT
    COALESCE(SUM(CASE WHEN counted_at > :burst THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN state = 'rewarded' AND counted_at > :day THEN 1 ELSE 0 END), 0)
FROM referrals WHERE inviter_id = :inviter AND number <> :number;

-- name: lock_inviter(user, now)$
-- Who has a share of that person's payments; nobody who is banned or gone. Until the end of the transaction, a deletion waits.
UPDATE referrals SET state = state WHERE invited_id = :user AND state IN ('rewarded', 'capped') AND inviter_id > 0
    AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.user_id = referrals.inviter_id AND b.until > :now)
RETURNING inviter_id;

-- name: decide_referral(number, state, by, now)$
-- Answers no row where it is not held, or not any more.
UPDATE referrals SET state = :state, decided_by = :by, decided_at = :now WHERE number = :number AND state = 'held'
RETURNING inviter_id;

-- name: held_of(inviter)$
SELECT COUNT(*) FROM referrals WHERE inviter_id = :inviter AND state = 'held';

-- name: held_invitations()$
SELECT COUNT(*) FROM referrals WHERE state = 'held';

-- name: find_invitation(number)^
SELECT number, invited_id, inviter_id, state, opened_at, counted_at, decided_at, decided_by FROM referrals WHERE number = :number;

-- name: newest_invitations(held, inviter, count)
-- `held`: only those that wait. `inviter` 0: of all.
SELECT number, invited_id, inviter_id, state, opened_at, counted_at, decided_at, decided_by FROM referrals
WHERE (state = 'held' OR NOT :held) AND (inviter_id = :inviter OR :inviter = 0) ORDER BY number DESC LIMIT :count;

-- name: purge_opened(before, count)!
-- Links that somebody opened, and no more.
DELETE FROM referrals WHERE number IN (
    SELECT number FROM referrals WHERE state = 'opened' AND opened_at < :before ORDER BY opened_at LIMIT :count
);

-- name: claim_invited(user, hashed)!
-- Of somebody who comes again after a deletion.
UPDATE referrals SET invited_id = :user WHERE invited_id = :hashed;

-- name: claim_inviter(user, hashed)!
UPDATE referrals SET inviter_id = :user WHERE inviter_id = :hashed;

-- name: export_invite_codes(user)
SELECT code, made_at FROM invite_codes WHERE user_id = :user;

-- name: erase_invite_codes(user)!
DELETE FROM invite_codes WHERE user_id = :user;

-- name: export_referrals(user)
-- Both sides, without the other.
SELECT inviter_id = :user, state, opened_at, counted_at FROM referrals WHERE invited_id = :user OR inviter_id = :user
ORDER BY opened_at;

-- name: erase_referrals(user, hashed)!
UPDATE referrals SET
    invited_id = CASE WHEN invited_id = :user THEN :hashed ELSE invited_id END,
    inviter_id = CASE WHEN inviter_id = :user THEN :hashed ELSE inviter_id END
WHERE invited_id = :user OR inviter_id = :user;

-- name: erase_opened(user)!
DELETE FROM referrals WHERE invited_id = :user AND state = 'opened';
