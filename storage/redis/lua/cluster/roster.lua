-- include: base served
-- Write a worker's entry in the roster, and read all entries and leases. Workers and leases that have expired are removed from the
-- lists.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 owner · 3 its entry, JSON of domain.cluster.allocation.Member · 4 time to live, ms
-- Answers {1 where the worker had an entry before, {ms since the entry was written, entry, …}, {bot, owner of its lease, …}}
local worker, workers = pool .. 'worker:', pool .. 'workers'
local known = call('EXISTS', worker .. ARGV[2])
call('SET', worker .. ARGV[2], now .. ' ' .. ARGV[3], 'PX', ARGV[4])
call('SADD', workers, ARGV[2])

local entries, holders = {}, {}
local owners = call('SMEMBERS', workers)
for i = 1, #owners do
  local seen, entry = string.match(call('GET', worker .. owners[i]) or '', '^(%d+) (.*)$')
  if seen then
    entries[#entries + 1] = tostring(math.max(0, now - tonumber(seen)))
    entries[#entries + 1] = entry
  else
    call('SREM', workers, owners[i])
  end
end

local bots = call('HGETALL', pool .. 'leases')
for i = 1, #bots, 2 do
  local holder = owner_of(bots[i])
  if holder then
    holders[#holders + 1] = bots[i]
    holders[#holders + 1] = holder
  else
    call('HDEL', pool .. 'leases', bots[i])
  end
end
return {known, entries, holders}
