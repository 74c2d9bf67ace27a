-- include: base
-- Append events to the streams of their bots, in this order. What somebody said whose bot this process no longer serves by the
-- same lease is refused: whoever serves it now says it again, in its place. What stands already is not appended again.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 writer · 3 the last of its numbers that it knows to stand · 4 ms for which its last number is kept
--         5… for each event: number, bot, version, type, JSON, "<speaker's bot> <lease's owner>:<token>" or empty
-- Answers {the last number that stood, {numbers of those refused}, {number, error, … of those that could not be appended}}. Where
-- the first is less than it knew, this server has lost something, and nothing is appended.
local key, refused, failed, leases = pool .. 'sequence:' .. ARGV[2], {}, {}, {}
local stood = tonumber(call('GET', key) or 0)
if stood < tonumber(ARGV[3]) then
  return {stood, refused, failed}
end

local function may_say(by)
  if by == '' then
    return true
  end
  local bot, lease = string.match(by, '^(%d+) (%S+)$')
  leases[bot] = leases[bot] or call('GET', pool .. 'lease:' .. bot) or ''
  return leases[bot] == lease
end

local last = stood
for i = 5, #ARGV, 6 do
  local number = tonumber(ARGV[i])
  if not may_say(ARGV[i + 5]) then
    refused[#refused + 1] = number
  elseif number > stood then
    local v, t, d = ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
    local reply = redis.pcall('XADD', pool .. 'events:' .. ARGV[i + 1], '*', 'v', v, 't', t, 'd', d)
    if type(reply) == 'table' and reply.err then
      failed[#failed + 1] = number
      failed[#failed + 1] = reply.err
    end
  end
  last = math.max(last, number)
end
call('SET', key, string.format('%.0f', last), 'PX', ARGV[4])
return {stood, refused, failed}
