-- name: separate(user, other, why, now)!
-- A block that exists stays as it is, unless a report takes its place.
INSERT INTO blocks (user_id, other_id, created_at, why) VALUES (:user, :other, :now, :why)
ON CONFLICT (user_id, other_id) DO UPDATE SET why = excluded.why WHERE excluded.why = 'report';

-- name: remove_block(user, other)!
DELETE FROM blocks WHERE user_id = :user AND other_id = :other AND why = 'block';

-- name: page_of_blocks(user, other, count)
-- The next blocks and separations by reports after (user, other).
SELECT user_id, other_id, why FROM blocks WHERE (user_id, other_id) > (:user, :other) ORDER BY user_id, other_id LIMIT :count;

-- name: blocks_of(user, count)
-- The newest first.
SELECT created_at FROM blocks WHERE user_id = :user AND why = 'block' ORDER BY created_at DESC, other_id LIMIT :count;

-- name: blocks_between(user, since, until)
SELECT other_id, created_at FROM blocks
WHERE user_id = :user AND why = 'block' AND created_at BETWEEN :since AND :until ORDER BY other_id;
