-- include: base user standing free chat part
-- End chats in which nothing was said for too long; both sides are told.
-- Silence counts only while somebody watches: where the clock was set, or nobody served anybody for a while, it begins anew.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 longest silence ms · 3 recent partners ms · 4 at most
-- Answers how many were ended
local UNWATCHED = 60000
local watched = pool .. 'watched'
local known = call('HMGET', watched, 'since', 'last')
local since, last = tonumber(known[1]), tonumber(known[2])
if not last or math.abs(now - last) > UNWATCHED then
  since = now
end
call('HSET', watched, 'since', since, 'last', now)
if now - since < tonumber(ARGV[2]) then
  return 0
end
local quiet = call('ZRANGEBYSCORE', pool .. 'active', '-inf', now - ARGV[2], 'LIMIT', 0, ARGV[4])
local ended = 0
for i = 1, #quiet do
  local line = call('HGET', pool .. 'chats', quiet[i])
  call('ZREM', pool .. 'active', quiet[i])
  if line then
    local record = load(string.match(line, '^%d+'))
    local bot = part(record, 'idle', ARGV[3])
    set_free(record)
    tell_parted(record.user, bot, quiet[i], 'idle')
    ended = ended + 1
  end
end
return ended
