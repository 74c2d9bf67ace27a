-- include: base served
-- Read on in a bot's event stream. Events that are done are deleted, so a stream holds only those that are not done. A process that
-- begins to serve the bot reads from "0-0", then from the last entry that it has read.
-- Earlier releases read with a consumer group, which does no harm here: what its consumers had pending is still in the stream.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 id behind which to read · 5 id up to which to read, or "+" · 6 at most
-- Answers {id behind which it was read, {entries}}, an entry is {id, {field, value, …}}; nil where the owner does not serve the
-- bot. Where the stream never reached ARGV[4], this server has lost it, and it is read from "0-0".
local bot, after = ARGV[2], ARGV[4]
local key = pool .. 'events:' .. bot

local function newest_id_ever(stream)
  local info = redis.pcall('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      return info[i + 1]
    end
  end
  return '0-0'
end

local function is_before(one, other)
  local ms, number = string.match(one, '^(%d+)-(%d+)$')
  local other_ms, other_number = string.match(other, '^(%d+)-(%d+)$')
  ms, other_ms = tonumber(ms), tonumber(other_ms)
  return ms < other_ms or ms == other_ms and tonumber(number) < tonumber(other_number)
end

if not serves(bot, ARGV[3]) then
  return nil
end
if after == '0-0' then
  call('HSETNX', pool .. 'streams', bot, '0:0:0')
elseif is_before(newest_id_ever(key), after) then
  after = '0-0'
end
return {after, call('XRANGE', key, '(' .. after, ARGV[5], 'COUNT', ARGV[6])}
