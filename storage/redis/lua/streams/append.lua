-- include: base lease
-- Append events to the streams of bots, in the given order. Each event has a sequence number of its writer.
-- An event whose number this server has stored already is not appended again.
-- An event with a lease is refused where that lease is not good any more: the bot's next server handles the update again.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 writer · 3 last number that this server told the writer · 4 ms for which the last number is kept
--         5… for each event: number, bot, version, type, JSON, "<sender's bot> <lease's owner>:<token>" or empty
-- Answers {last number before this call, {numbers refused}, {number, error, … of those that could not be appended}}. Where the
-- first is less than ARGV[3], this server has lost events, and nothing is appended.
local key, refused, failed, good = pool .. 'sequence:' .. ARGV[2], {}, {}, {}
local last_before = tonumber(call('GET', key) or 0)
if last_before < tonumber(ARGV[3]) then
  return {last_before, refused, failed}
end

local function has_lease(sender)
  if sender == '' then
    return true
  end
  if good[sender] == nil then
    good[sender] = is_lease_of(string.match(sender, '^(%d+) (%S+)$'))
  end
  return good[sender]
end

local last = last_before
for i = 5, #ARGV, 6 do
  local number = tonumber(ARGV[i])
  if not has_lease(ARGV[i + 5]) then
    refused[#refused + 1] = number
  elseif number > last_before then
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
return {last_before, refused, failed}
