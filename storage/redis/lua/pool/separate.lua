-- include: base event users/gate users/status users/expiry users/unchanged users/apart chats/leave_chat
-- Keep two people apart for good, and end their chat where it is the asker's current one (domain.matching.requests.Separate). The
-- partner is told of the end. The asker's bot is told of the separation, by which it is recorded, each time that it is asked for.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<partner> <partner's bot> <chat> <"blocked" or "reported"> <reason or null> <message or null> <recent partners ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local partner, partner_bot, chat, why, reason, marked, recent_ms = string.match(
  ARGV[3], '^(%d+) (%d+) (%S+) (%S+) (%S+) (%S+) (%d+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
if chat_of(asker) == chat then
  leave_chat(asker, why, recent_ms)
  set_free(asker)
end
if why == 'reported' then
  part_by_report(asker.user, partner)
else
  set_block(asker.user, partner, true)
end
local quoted_reason = reason == 'null' and reason or '"' .. reason .. '"'
send_event(asker.bot, 'Separated', '{"user":' .. asker.user .. ',"partner":{"bot":' .. partner_bot .. ',"user":' .. partner
  .. '},"chat":"' .. chat .. '","why":"' .. why .. '","reason":' .. quoted_reason .. ',"marked":' .. marked .. '}')
return unchanged(asker)
