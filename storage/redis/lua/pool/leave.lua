-- include: base users/gate users/status users/expiry users/unchanged chats/leave_chat
-- End the asker's chat (domain.matching.requests.Leave). Nothing changes where it is not their current chat. The partner is told.
-- Where `why` is "gone" nobody asked for the end, so the asker is told by an event too.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<chat> <why, domain.model.chat.ChatEnd> <recent partners ms> <"choice", which a lock by the partner forbids, or "own" or
--            "partner": whose doing it is>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local chat, why, recent_ms, by = string.match(ARGV[3], '^(%S+) (%S+) (%d+) (%S+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
if chat_of(asker) == chat then
  local locks = by == 'choice' and call('HGET', pool .. 'locks', chat)
  if locks then
    -- include: locks/locked_in
    local refusal = locked_in(asker, chat, locks)
    if refusal then
      return refusal
    end
  end
  local bot = leave_chat(asker, why, recent_ms, by)
  set_free(asker)
  if why == 'gone' then
    tell_chat_ended(asker.user, bot, chat, why)
  end
end
return unchanged(asker)
