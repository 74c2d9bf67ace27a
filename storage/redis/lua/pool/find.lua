-- include: base users/user users/gate
-- Find a partner, or wait for one (domain.matching.requests.Find). One decision: everything below happens, or nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <chat to leave first or .> <head start ms> <recents ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local scope, bucket, new_chat, leaving, start, recent = string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%S+) (%d+) (%d+)$')
local known, me = gate(ARGV[2])
if known then
  return known
end
if me.at or banned(me) then
  -- include: users/status
  if banned(me) or chat_of(me) ~= leaving then
    -- include: users/stay
    return stay(me)
  end
  -- include: chats/part
  part(me, 'next', recent)
end
-- include: queue/bucket_cursor
local cursors = compatible_cursors(scope, bucket)
if cursors[1] then
  -- include: queue/seek
  local found = seek(cursors, scope, me.user)
  if found then
    -- include: chats/pair
    return pair(me, me.bot, found, scope, new_chat, recent)
  end
end
-- include: queue/enqueue
local score = start == '0' and moment or string.format('%.0f', now - start)
enqueue(scope, bucket, score, me.user .. ':' .. me.bot)
stand(me, 'w:' .. me.bot .. ':' .. moment .. ':' .. score .. ':' .. bucket .. ':' .. scope)
return answer(me, 'waiting', '1', moment, me.bot)
