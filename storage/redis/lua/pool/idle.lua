-- include: base chats/end_chat
-- End chats in which nothing was said for too long, and tell both members.
-- Hash {pool}:watched: `since` when this script has run regularly, and when it ran `last`. After a pause of more than a minute, or a
-- jump of the clock, silence is counted from then on: people could not write while no worker ran.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 longest silence, ms · 3 recent partners ms · 4 at most
-- Answers how many were ended
local LONGEST_PAUSE = 60000
local watched = pool .. 'watched'
local known = call('HMGET', watched, 'since', 'last')
local since, last = tonumber(known[1]), tonumber(known[2])
if not last or math.abs(now - last) > LONGEST_PAUSE then
  since = now
end
call('HSET', watched, 'since', since, 'last', now)
if now - since < tonumber(ARGV[2]) then
  return 0
end
local quiet = call('ZRANGEBYSCORE', pool .. 'active', '-inf', now - ARGV[2], 'LIMIT', 0, ARGV[4])
local ended = 0
for i = 1, #quiet do
  call('ZREM', pool .. 'active', quiet[i])
  ended = ended + end_chat(quiet[i], 'idle', ARGV[3])
end
return ended
