-- include: base users/user users/status queue/queue queue/end_search
-- End the searches of one bucket that lasted too long; their people are told.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 scope · 3 bucket · 4 longest search ms · 5 head start of VIPs ms · 6 head start of those at the head ms
--         7 at most
-- Answers how many were ended
local key, oldest, limit = queue_key(ARGV[2], ARGV[3]), now - ARGV[4], tonumber(ARGV[7])
local ended = 0

local function expire(least, most)
  local members = call('ZRANGEBYSCORE', key, least, most, 'LIMIT', 0, limit - ended)
  for i = 1, #members do
    local record = load(string.match(members[i], '^%d+'))
    local search = search_of(record)
    if tonumber(search.since) <= oldest then
      give_up(record)
      tell_search_ended(record.user, search.bot)
      ended = ended + 1
    end
  end
end

local priority = ARGV[6] / 2
local boost = string.sub(ARGV[3], 1, 1) == '1' and ARGV[5] or 0
expire('-inf', oldest - ARGV[6])
expire(now - priority, oldest - boost)
return ended
