-- include: base append
-- Append events to the streams of their bots, in this order. What somebody said whose bot this process no longer serves by the
-- same lease is refused: whoever serves it now says it again, in its place.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… for each event: bot, version, type, JSON, "<speaker's bot> <lease's owner>:<token>" or empty
-- Answers the numbers of those refused, from 1
local refused, leases = {}, {}

local function may_say(by)
  if by == '' then
    return true
  end
  local bot, lease = string.match(by, '^(%d+) (%S+)$')
  leases[bot] = leases[bot] or call('GET', pool .. 'lease:' .. bot) or ''
  return leases[bot] == lease
end

for i = 2, #ARGV, 5 do
  if may_say(ARGV[i + 4]) then
    append(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
  else
    refused[#refused + 1] = (i + 3) / 5
  end
end
return refused
