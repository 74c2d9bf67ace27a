-- include: base event users/gate users/status users/expiry users/unchanged users/apart chats/leave_chat
-- Keep two people apart for good, and end their chat where it is the asker's current one (domain.matching.requests.Separate). The
-- partner is told of the end. The asker's bot is told of the separation, by which it is recorded, each time that it is asked for.
-- Where the two talk again by now, that chat ends too, and the asker is told of its end by an event.
-- A partner who had their data deleted is a number below zero, in the records as here.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<partner> <partner's bot> <chat> <"blocked" or "reported"> <reason or null> <message or null> <recent partners ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local partner, partner_bot, chat, why, reason, marked, recent_ms = string.match(
  ARGV[3], '^(-?%d+) (%d+) (%S+) (%S+) (%S+) (%S+) (%d+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
local current = chat_of(asker)
local line = current and call('HGET', pool .. 'chats', current) or ''
local first, second = string.match(line, '^(%d+):%d+:(%d+):')
if current and (current == chat or partner == (asker.user == first and second or first)) then
  local own_bot = leave_chat(asker, why, recent_ms)
  set_free(asker)
  if current ~= chat then
    tell_chat_ended(asker.user, own_bot, current, why)
  end
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
