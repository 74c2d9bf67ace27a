-- include: base user gate standing free stay queue enqueue dequeue lanes chat seek pair
-- Change the wishes of a search that goes on (domain.pool.Rewish); who does not wait is left alone.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <head start ms> <recents ms>"
-- Answers where the user stands (`answer` in lib/user.lua)
local scope, bucket, new_chat, start, recent = string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%d+) (%d+)$')

local search = search_of(me)
if not search then
  return stay()
end
dequeue(search.scope, search.bucket, user .. ':' .. search.bot)
local lane = seek(compatible_lanes(scope, bucket), user)
if lane then
  return pair(me, search.bot, lane, scope, new_chat, recent)
end
local score = math.min(search.score, search.since - start)
enqueue(scope, bucket, score, user .. ':' .. search.bot)
stand(me, 'w:' .. search.bot .. ':' .. search.since .. ':' .. score .. ':' .. bucket .. ':' .. scope)
return standing(me)
