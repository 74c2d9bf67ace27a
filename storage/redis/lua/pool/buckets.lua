-- include: base queue/bucket_index
-- Which buckets there are; partitions that emptied are forgotten. A few buckets, others each second, are indexed anew: workers of
-- an older release do not know the narrow index, and leave it as it was.
-- KEYS[1] the pool's tag
-- ARGV    1 time
-- Answers {{"<scope>:<a|m>", {bucket, …}}, …}
local INDEXED_ANEW = 20

local function index_anew(partition, buckets)
  local scope, first = string.sub(partition, 1, -3), math.floor(now / 1000) * INDEXED_ANEW
  for i = first, first + math.min(INDEXED_ANEW, #buckets) - 1 do
    local bucket = buckets[i % #buckets + 1]
    if is_narrow(bucket) then
      index_narrow(scope, bucket, call('ZRANGE', queue_key(scope, bucket), 0, 0, 'WITHSCORES')[2])
    end
  end
end

local answer = {}
local partitions = call('SMEMBERS', pool .. 'halls')
for i = 1, #partitions do
  local buckets = call('ZRANGE', pool .. 'heads:' .. partitions[i], 0, -1)
  if #buckets == 0 then
    call('SREM', pool .. 'halls', partitions[i])
  else
    index_anew(partitions[i], buckets)
    answer[#answer + 1] = {partitions[i], buckets}
  end
end
return answer
