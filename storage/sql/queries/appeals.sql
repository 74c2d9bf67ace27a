-- name: open_appeal(bot, user, text, since, until, reason, note, banned_by, by_person, now)$
-- Answers no row where this ban has an appeal, or where somebody else took the number in the same moment.
INSERT INTO appeals (
    id, bot_id, user_id, text, ban_since, ban_until, ban_reason, ban_note, banned_by, by_person, opened_at, answered_by, verdict,
    answer
)
SELECT COALESCE(MAX(id), 0) + 1, :bot, :user, :text, :since, :until, :reason, :note, :banned_by, :by_person, :now, '', '', ''
FROM appeals WHERE TRUE
ON CONFLICT DO NOTHING RETURNING id;

-- name: appeal_against(user, since)$
SELECT id FROM appeals WHERE user_id = :user AND ban_since = :since;

-- name: appeal_of(user, since)$
SELECT text FROM appeals WHERE user_id = :user AND ban_since = :since;

-- name: find_appeal(number)^
SELECT id, bot_id, user_id, text, opened_at, answered_at, answered_by, verdict, answer,
    ban_until, ban_reason, banned_by, ban_note, ban_since, by_person
FROM appeals WHERE id = :number;

-- name: newest_appeals(waiting, user, count)
-- User 0 is any.
SELECT id, bot_id, user_id, text, opened_at, answered_at, answered_by, verdict, answer,
    ban_until, ban_reason, banned_by, ban_note, ban_since, by_person
FROM appeals WHERE (answered_at IS NULL OR NOT :waiting) AND (:user = 0 OR user_id = :user) ORDER BY id DESC LIMIT :count;

-- name: waiting_appeals_of(bot)
SELECT id, bot_id, user_id, text, opened_at, answered_at, answered_by, verdict, answer,
    ban_until, ban_reason, banned_by, ban_note, ban_since, by_person
FROM appeals WHERE answered_at IS NULL AND bot_id = :bot ORDER BY id LIMIT 100;

-- name: answer_appeal(number, now, by, verdict, answer)!
-- Changes no row where it was answered before.
UPDATE appeals SET answered_at = :now, answered_by = :by, verdict = :verdict, answer = :answer
WHERE id = :number AND answered_at IS NULL;

-- name: purge_appeals(before, count)!
-- The newest stays, so that no number is given out again.
DELETE FROM appeals WHERE id IN (
    SELECT id FROM appeals WHERE answered_at < :before AND id < (SELECT MAX(id) FROM appeals) ORDER BY answered_at LIMIT :count
);

-- name: find_person(user)^
SELECT language, gender, age, created_at FROM users WHERE id = :user;

-- name: bots_of_person(user)
-- The bots that somebody has used; first those where they chatted, the last one first.
SELECT p.bot_id FROM bot_peers p LEFT JOIN (
    SELECT first_bot AS bot, started_at FROM chats WHERE first_user = :user
    UNION ALL SELECT second_bot, started_at FROM chats WHERE second_user = :user
) c ON c.bot = p.bot_id
WHERE p.user_id = :user GROUP BY p.bot_id ORDER BY COALESCE(MAX(c.started_at), 0) DESC, p.bot_id;
