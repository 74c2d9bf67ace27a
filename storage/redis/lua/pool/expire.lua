-- include: base users/user users/status queue/queue queue/end_search
-- End the searches of one bucket that lasted too long, and tell those who searched.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 scope · 3 bucket · 4 longest search, ms · 5 head start of VIPs, ms · 6 head start of priority searches, ms
--         7 at most
-- Answers how many were ended
local key, began_by, limit = queue_key(ARGV[2], ARGV[3]), now - ARGV[4], tonumber(ARGV[7])
local ended = 0

-- A score is when the search began, less its head start: both bounds allow for the largest head start in the range.
local function expire(lowest, highest)
  local members = call('ZRANGEBYSCORE', key, lowest, highest, 'LIMIT', 0, limit - ended)
  for i = 1, #members do
    local record = load(string.match(members[i], '^%d+'))
    local search = search_of(record)
    if tonumber(search.since) <= began_by then
      end_search(record)
      tell_search_ended(record.user, search.bot)
      ended = ended + 1
    end
  end
end

local priority_half = ARGV[6] / 2
local boost = string.sub(ARGV[3], 1, 1) == '1' and ARGV[5] or 0
expire('-inf', began_by - ARGV[6])
expire(now - priority_half, began_by - boost)
return ended
