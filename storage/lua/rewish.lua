-- include: base user gate queue chat seek pair
-- Change the wishes of a search that goes on (domain.pool.Rewish); who does not wait is left alone.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 bot · 4 lease · 5 pts · 6 scope · 7 bucket · 8 id of the chat that this may make
--         9 head start ms · 10 recent partners ms
-- Answers standing (lib/user.lua)
local scope, bucket = ARGV[6], ARGV[7]

local search = search_of(me)
if not search then
  return stay()
end
dequeue(search.scope, search.bucket, user .. ':' .. search.bot)
local found = seek(user, scope, bucket)
if found then
  pair(me, search.bot, found, scope, ARGV[8], tonumber(ARGV[10]), bot, pts)
  return standing(me, '1')
end
local score = math.min(search.score, search.since - ARGV[9])
enqueue(scope, bucket, score, user .. ':' .. search.bot)
stand(me, 'w:' .. search.bot .. ':' .. search.since .. ':' .. score .. ':' .. bucket .. ':' .. scope, bot, pts)
return standing(me)
