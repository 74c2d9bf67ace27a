-- include: base user gate
-- Find a partner, or wait for one (domain.pool.Find). One decision: everything below happens, or nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <chat to leave first or .> <head start ms> <recents ms>"
-- Answers where the user stands (`answer` in lib/user.lua)
local scope, bucket, new_chat, leaving, start, recent = string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%S+) (%d+) (%d+)$')

if me.at or banned(me) then
  -- include: standing free
  if banned(me) or chat_of(me) ~= leaving then
    -- include: stay
    return stay()
  end
  -- include: chat part
  part(me, 'next', recent)
end
-- include: queue lanes
local lanes = compatible_lanes(scope, bucket)
if lanes[1] then
  -- include: chat seek heads
  local lane = seek(lanes, user)
  if lane then
    -- include: pair
    return pair(me, bot, lane, scope, new_chat, recent)
  end
end
-- include: enqueue
local score = start == '0' and moment or string.format('%.0f', now - start)
enqueue(scope, bucket, score, user .. ':' .. bot)
stand(me, 'w:' .. bot .. ':' .. moment .. ':' .. score .. ':' .. bucket .. ':' .. scope)
return answer(me, 'waiting', '1', moment, bot)
