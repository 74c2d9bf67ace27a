-- name: begin_searches*!
-- Replaces an earlier search of the same person, also at another bot.
INSERT INTO searches (user_id, bot_id, began_at) VALUES (:user, :bot, :now)
ON CONFLICT (user_id) DO UPDATE SET bot_id = excluded.bot_id, began_at = excluded.began_at;

-- name: end_searches*!
DELETE FROM searches WHERE user_id = :user;

-- name: all_searches()
SELECT bot_id, user_id, began_at FROM searches ORDER BY began_at;
