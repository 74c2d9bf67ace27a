-- include: base queue/bucket_index
-- List the buckets, and forget partitions without any.
-- It also indexes 20 narrow buckets anew, others each second, because workers of an older release do not update that index.
-- KEYS[1] the pool's tag
-- ARGV    1 time
-- Answers {{"<scope>:<a|m>", {bucket, …}}, …}
local REINDEXED = 20

local function reindex(partition, buckets)
  local scope, first = string.sub(partition, 1, -3), math.floor(now / 1000) * REINDEXED
  for i = first, first + math.min(REINDEXED, #buckets) - 1 do
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
    reindex(partitions[i], buckets)
    answer[#answer + 1] = {partitions[i], buckets}
  end
end
return answer
