-- include: base users/user users/gate users/status users/unchanged queue/enqueue queue/dequeue queue/bucket_cursor queue/seek chats/pair
-- Change the wishes of the asker's search (domain.matching.requests.UpdateSearch). It pairs at once where the new wishes allow it.
-- Nothing changes where the asker does not wait.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <head start ms> <recent partners ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local scope, bucket, new_chat, head_start, recent_ms = string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%d+) (%d+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
local search = search_of(asker)
if not search then
  return unchanged(asker)
end
local member = asker.user .. ':' .. search.bot
dequeue(search.scope, search.bucket, member)
local found = seek(compatible_cursors(scope, bucket), scope, asker.user)
if found then
  return pair(asker, search.bot, found, scope, new_chat, recent_ms)
end
local score = math.min(search.score, search.since - head_start)
enqueue(scope, bucket, score, member)
set_state(asker, 'w:' .. search.bot .. ':' .. search.since .. ':' .. score .. ':' .. bucket .. ':' .. scope)
return status_of(asker)
