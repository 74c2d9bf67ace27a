-- include: base users/user users/gate
-- Find a partner, or wait for one (domain.matching.requests.Find).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <chat to leave first or .> <head start ms> <recent partners ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local scope, bucket, new_chat, leaving, head_start, recent_ms = string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%S+) (%d+) (%d+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
if asker.state or banned(asker) then
  -- include: users/status
  if banned(asker) or chat_of(asker) ~= leaving then
    -- include: users/unchanged
    return unchanged(asker)
  end
  local locks = call('HGET', pool .. 'locks', leaving)
  if locks then
    -- include: locks/locked_in
    local refusal = locked_in(asker, leaving, locks)
    if refusal then
      return refusal
    end
  end
  -- include: chats/leave_chat
  leave_chat(asker, 'next', recent_ms)
end
-- include: queue/bucket_cursor
local cursors = compatible_cursors(scope, bucket)
if cursors[1] then
  -- include: queue/seek
  local found = seek(cursors, scope, asker.user)
  if found then
    -- include: chats/pair
    return pair(asker, asker.bot, found, scope, new_chat, recent_ms)
  end
end
-- include: queue/enqueue
local score = head_start == '0' and now_text or string.format('%.0f', now - head_start)
enqueue(scope, bucket, score, asker.user .. ':' .. asker.bot)
set_state(asker, 'w:' .. asker.bot .. ':' .. now_text .. ':' .. score .. ':' .. bucket .. ':' .. scope)
return answer(asker, 'waiting', '1', now_text, asker.bot)
