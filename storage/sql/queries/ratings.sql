-- name: note_rated(chat, rater, now)!
-- Does nothing where that person has rated that chat already.
INSERT INTO rated_chats (chat_id, rater_id, rated_at) VALUES (:chat, :rater, :now) ON CONFLICT DO NOTHING;

-- name: count_vote(user, up, down)!
INSERT INTO ratings (user_id, up, down) VALUES (:user, :up, :down)
ON CONFLICT (user_id) DO UPDATE SET up = ratings.up + excluded.up, down = ratings.down + excluded.down;

-- name: find_votes(user)^
SELECT up, down FROM ratings WHERE user_id = :user;

-- name: purge_rated_chats(before, count)!
-- `count` at a time, so that locks are held briefly.
DELETE FROM rated_chats WHERE (chat_id, rater_id) IN (
    SELECT chat_id, rater_id FROM rated_chats WHERE rated_at < :before ORDER BY rated_at LIMIT :count
);
