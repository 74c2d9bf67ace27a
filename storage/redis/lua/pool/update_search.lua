-- include: base users/user users/gate users/status users/stay queue/enqueue queue/dequeue queue/bucket_cursor queue/seek chats/pair
-- Change the wishes of a search that goes on (domain.matching.requests.Rewish); who does not wait is left alone.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <head start ms> <recents ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local scope, bucket, new_chat, start, recent = string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%d+) (%d+)$')
local known, me = gate(ARGV[2])
if known then
  return known
end
local search = search_of(me)
if not search then
  return stay(me)
end
local member = me.user .. ':' .. search.bot
dequeue(search.scope, search.bucket, member)
local found = seek(compatible_cursors(scope, bucket), scope, me.user)
if found then
  return pair(me, search.bot, found, scope, new_chat, recent)
end
local score = math.min(search.score, search.since - start)
enqueue(scope, bucket, score, member)
stand(me, 'w:' .. search.bot .. ':' .. search.since .. ':' .. score .. ':' .. bucket .. ':' .. scope)
return status_of(me)
