-- include: base chats/end_chat chats/topic
-- End chats in which nothing was said for too long, and tell both members. Give a question to talk about to chats that have been
-- silent for half of that: once in each silence.
-- Hash {pool}:watched: `since` when this script has run regularly, and when it ran `last`. After a pause of more than a minute, or a
-- jump of the clock, silence is counted from then on: people could not write while no worker ran.
-- `nudged`: chats in which something was last said by then have had their question in this silence.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 longest silence, ms · 3 recent partners ms · 4 at most · 5 a question after, ms
-- Answers how many were ended
local LONGEST_PAUSE = 60000
local watched, active, most = pool .. 'watched', pool .. 'active', tonumber(ARGV[4])
local known = call('HMGET', watched, 'since', 'last', 'nudged')
local since, last, nudged = tonumber(known[1]), tonumber(known[2]), tonumber(known[3])
if not last or math.abs(now - last) > LONGEST_PAUSE then
  since = now
end
nudged = math.min(nudged or now - ARGV[5], now)

-- Goes through the chats in the order of their silence. Those of one moment are not torn apart.
local function nudge(from, to)
  from = '(' .. string.format('%.0f', from)
  local page = call('ZRANGEBYSCORE', active, from, to, 'WITHSCORES', 'LIMIT', 0, most)
  local quiet, till = {}, to
  for i = 1, #page, 2 do
    quiet[#quiet + 1] = page[i]
  end
  if #quiet == most then
    till = tonumber(page[#page])
    quiet = call('ZRANGEBYSCORE', active, from, till)
  end
  for i = 1, #quiet do
    local line = call('HGET', pool .. 'chats', quiet[i])
    if line then
      give_topic(quiet[i], line)
    end
  end
  return till
end

local function end_silent()
  local quiet = call('ZRANGEBYSCORE', active, '-inf', now - ARGV[2], 'LIMIT', 0, most)
  local ended = 0
  for i = 1, #quiet do
    call('ZREM', active, quiet[i])
    ended = ended + end_chat(quiet[i], 'idle', ARGV[3])
  end
  return ended
end

local ended = now - since >= tonumber(ARGV[2]) and end_silent() or 0
if now - since >= tonumber(ARGV[5]) then
  nudged = math.max(nudged, nudge(nudged, now - ARGV[5]))
end
call('HSET', watched, 'since', since, 'last', now, 'nudged', string.format('%.0f', nudged))
return ended
