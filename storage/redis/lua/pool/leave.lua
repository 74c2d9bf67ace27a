-- include: base users/gate users/status users/free users/stay chats/part
-- End a chat (domain.matching.requests.Leave). Idempotent: a chat that is not this user's current one changes nothing. Whoever lost a gone
-- partner did not ask for the end: they are told by an event too.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua) · 3 "<chat> <why, domain.model.chat.ChatEnd> <recents ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local chat, why, recent = string.match(ARGV[3], '^(%S+) (%S+) (%d+)$')
local known, me = gate(ARGV[2])
if known then
  return known
end
if chat_of(me) == chat then
  local mine = part(me, why, recent)
  set_free(me)
  if why == 'gone' then
    tell_parted(me.user, mine, chat, why)
  end
end
return stay(me)
