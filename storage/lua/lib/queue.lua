-- The waiting stand in zset {pool}:queue:<scope>:<bucket>, member "<user>:<bot>", score: waiting since, in milliseconds; smaller
-- is served first. Zset {pool}:heads:<scope>:<a|m> holds the buckets that exist with the score of each one's head, minors (m)
-- apart from adults (a): so the two never even see each other. Set {pool}:halls holds every "<scope>:<a|m>" that has heads
-- (and for a while those that had).
-- A bucket is 12 characters: class (1 VIP, 0 free), gender 0-2, age band 0-5, a flag per wished gender, a flag per wished band.
local function hall_of(scope, bucket)
  return scope .. (string.byte(bucket, 3) == 48 and ':m' or ':a')
end

local function enqueue(scope, bucket, score, member)
  local hall = hall_of(scope, bucket)
  call('ZADD', pool .. 'queue:' .. scope .. ':' .. bucket, score, member)
  if call('ZADD', pool .. 'heads:' .. hall, 'LT', score, bucket) == 1 then
    call('SADD', pool .. 'halls', hall)
  end
end

-- `heads` is the key of the bucket's hall, `score` that of the bucket's new head, nil where the bucket is empty.
local function set_head(heads, bucket, score)
  if score then
    call('ZADD', heads, score, bucket)
  else
    call('ZREM', heads, bucket)
  end
end

local function dequeue(scope, bucket, member)
  local key = pool .. 'queue:' .. scope .. ':' .. bucket
  call('ZREM', key, member)
  set_head(pool .. 'heads:' .. hall_of(scope, bucket), bucket, call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end
