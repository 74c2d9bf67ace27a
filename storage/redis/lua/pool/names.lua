-- include: base event users/gate users/status users/unchanged
-- Exchange names in the asker's chat (domain.matching.talk.OfferName). The second of two who ask for it within two minutes gets both
-- names shown, each to the other. The first one's is kept until then.
-- String {pool}:names:<chat>: "<who offers> <name> <when, Unix ms>"; expires.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua) · 3 "<chat> <name>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local OFFERED_MS = 120000
local chat, name = string.match(ARGV[3], '^(%S+) (%S+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
local status = unchanged(asker)
if chat_of(asker) ~= chat then
  return status
end
local line = call('HGET', pool .. 'chats', chat)
local own_bot, partner, partner_bot
local first, first_bot, second, second_bot = string.match(line, '^(%d+):(%d+):(%d+):(%d+):')
if asker.user == first then
  own_bot, partner, partner_bot = first_bot, second, second_bot
else
  own_bot, partner, partner_bot = second_bot, first, first_bot
end
local key, rest = pool .. 'names:' .. chat, ',"chat":"' .. chat .. '"'
local offered_by, offered, at = string.match(call('GET', key) or '', '^(%d+) (%S+) (%d+)$')
local holds = at and math.abs(now - at) < OFFERED_MS
if holds and offered_by == asker.user then
  return status
elseif holds then
  call('DEL', key)
  send_event(own_bot, 'NamesShown', '{"user":' .. asker.user .. rest .. ',"name":"' .. offered .. '"}')
  send_event(partner_bot, 'NamesShown', '{"user":' .. partner .. rest .. ',"name":"' .. name .. '"}')
else
  call('SET', key, asker.user .. ' ' .. name .. ' ' .. now_text, 'PX', OFFERED_MS)
  send_event(own_bot, 'NamesOffered', '{"user":' .. asker.user .. rest .. ',"mine":true}')
  send_event(partner_bot, 'NamesOffered', '{"user":' .. partner .. rest .. ',"mine":false}')
end
return status_of(asker, '1')
