-- name: add_block(user, other, now)!
-- An existing block stays as it is.
INSERT INTO blocks (user_id, other_id, created_at) VALUES (:user, :other, :now) ON CONFLICT (user_id, other_id) DO NOTHING;

-- name: remove_block(user, other)!
DELETE FROM blocks WHERE user_id = :user AND other_id = :other;

-- name: page_of_blocks(user, other, count)
-- The next blocks after (user, other).
SELECT user_id, other_id FROM blocks WHERE (user_id, other_id) > (:user, :other) ORDER BY user_id, other_id LIMIT :count;
