-- include: base users/user users/status queue/queue
-- How many wait and talk, and since when the oldest waits (domain.ports.pool.PoolCounts). Costs by buckets, not by people.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 head start of those at the head ms
-- Answers {waiting, chats, longest wait ms}
local waiting, longest = 0, 0
local priority = now - ARGV[2] / 2

local function note_oldest(key, least)
  local member = call('ZRANGEBYSCORE', key, least, '+inf', 'LIMIT', 0, 1)[1]
  if member then
    local search = search_of(load(string.match(member, '^%d+')))
    longest = math.max(longest, now - search.since)
  end
end

local partitions = call('SMEMBERS', pool .. 'halls')
for i = 1, #partitions do
  local scope = string.sub(partitions[i], 1, -3)
  local buckets = call('ZRANGE', pool .. 'heads:' .. partitions[i], 0, -1)
  for j = 1, #buckets do
    local key = queue_key(scope, buckets[j])
    waiting = waiting + call('ZCARD', key)
    note_oldest(key, '-inf')
    note_oldest(key, priority)
  end
end
return {waiting, call('HLEN', pool .. 'chats'), longest}
