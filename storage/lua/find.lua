-- include: base user gate queue chat seek pair part
-- Find a partner, or wait for one (domain.pool.Find). One decision: everything below happens, or nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 bot · 4 lease · 5 pts · 6 scope · 7 bucket · 8 id of the chat that this may make
--         9 chat to leave first, or empty · 10 head start ms · 11 recent partners ms
-- Answers standing (lib/user.lua)
local scope, bucket, recent = ARGV[6], ARGV[7], tonumber(ARGV[11])

local chat = chat_of(me)
if chat and chat ~= ARGV[9] or search_of(me) or banned(me) then
  return stay()
end
if chat then
  part(me, 'next', recent)
end
local found = seek(user, scope, bucket)
if found then
  pair(me, bot, found, scope, ARGV[8], recent, bot, pts)
else
  local score = now - ARGV[10]
  enqueue(scope, bucket, score, user .. ':' .. bot)
  stand(me, 'w:' .. bot .. ':' .. now .. ':' .. score .. ':' .. bucket .. ':' .. scope, bot, pts)
end
return standing(me, '1')
