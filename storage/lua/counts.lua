-- include: base user standing
-- How many wait and talk, and since when the oldest waits (domain.ports.PoolCounts). Costs by buckets, not by people.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 head start of those at the head ms
-- Answers {waiting, chats, longest wait ms}
local waiting, longest = 0, 0
local at_head = now - ARGV[2] / 2

local function look(key, least)
  local member = call('ZRANGEBYSCORE', key, least, '+inf', 'LIMIT', 0, 1)[1]
  if member then
    local search = search_of(load(string.match(member, '^%d+')))
    longest = math.max(longest, now - search.since)
  end
end

local halls = call('SMEMBERS', pool .. 'halls')
for i = 1, #halls do
  local scope = string.sub(halls[i], 1, -3)
  local buckets = call('ZRANGE', pool .. 'heads:' .. halls[i], 0, -1)
  for j = 1, #buckets do
    local key = pool .. 'queue:' .. scope .. ':' .. buckets[j]
    waiting = waiting + call('ZCARD', key)
    look(key, '-inf')
    look(key, at_head)
  end
end
return {waiting, call('HLEN', pool .. 'chats'), longest}
