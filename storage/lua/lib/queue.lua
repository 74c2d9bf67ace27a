-- The waiting stand in zset {pool}:queue:<scope>:<bucket>, member "<user>:<bot>", score: waiting since, in milliseconds; smaller
-- is served first. Zset {pool}:heads:<scope>:<a|m> holds the buckets that exist with the score of each one's head, minors (m)
-- apart from adults (a): so the two never even see each other. Set {pool}:halls holds every "<scope>:<a|m>" that has heads
-- (and for a while those that had).
-- A bucket is 12 characters: class (1 VIP, 0 free), gender 0-2, age band 0-5, a flag per wished gender, a flag per wished band.
local function hall_of(scope, bucket)
  return scope .. (string.byte(bucket, 3) == 48 and ':m' or ':a')
end
