-- The waiting stand in zset {pool}:queue:<scope>:<bucket>, member "<user>:<bot>", score: waiting since, in milliseconds; smaller
-- is served first. Zset {pool}:heads:<scope>:<a|m> holds the buckets that exist with the score of each one's head, minors (m)
-- apart from adults (a): so the two never even see each other. Set {pool}:halls holds every "<scope>:<a|m>" there is.
-- A bucket is 12 characters: class (1 VIP, 0 free), gender 0-2, age band 0-5, a flag per wished gender, a flag per wished band.
local WISHED = 49 -- the byte of '1'

local function hall_of(scope, bucket)
  return scope .. (string.byte(bucket, 3) == 48 and ':m' or ':a')
end

local function queue_key(scope, bucket)
  return pool .. 'queue:' .. scope .. ':' .. bucket
end

local function enqueue(scope, bucket, score, member)
  call('ZADD', queue_key(scope, bucket), score, member)
  local hall = hall_of(scope, bucket)
  if call('ZADD', pool .. 'heads:' .. hall, 'LT', score, bucket) == 1 then
    call('SADD', pool .. 'halls', hall)
  end
end

local function set_head(hall, bucket, score)
  local heads = pool .. 'heads:' .. hall
  if score then
    call('ZADD', heads, score, bucket)
  elseif call('ZREM', heads, bucket) == 1 and call('EXISTS', heads) == 0 then
    call('SREM', pool .. 'halls', hall)
  end
end

local function dequeue(scope, bucket, member)
  local key = queue_key(scope, bucket)
  call('ZREM', key, member)
  set_head(hall_of(scope, bucket), bucket, call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end

-- Ends a search without a partner.
local function give_up(record)
  local search = search_of(record)
  dequeue(search.scope, search.bucket, record.user .. ':' .. search.bot)
  set_free(record)
end
