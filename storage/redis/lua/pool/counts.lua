-- include: base users/user users/status queue/queue
-- Count who waits and who chats, and find the longest wait (domain.ports.pool.PoolCounts). The cost grows with the number of
-- buckets, not of people.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 head start of priority searches, ms
-- Answers {waiting, chats, longest wait ms, ms since the last sweep; -1 where there was none}
local waiting, longest = 0, 0
local first_without_priority = now - ARGV[2] / 2

local function note_longest(key, lowest_score)
  local member = call('ZRANGEBYSCORE', key, lowest_score, '+inf', 'LIMIT', 0, 1)[1]
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
    note_longest(key, '-inf')
    note_longest(key, first_without_priority)
  end
end
local swept = call('GET', pool .. 'swept')
return {waiting, call('HLEN', pool .. 'chats'), longest, swept and math.max(0, now - swept) or -1}
