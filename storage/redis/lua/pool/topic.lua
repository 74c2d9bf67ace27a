-- include: base users/gate users/status users/unchanged chats/topic
-- Give the asker's chat a question to talk about (domain.matching.talk.AskTopic). Nothing happens where it is not their chat, or
-- where the last question is less than 30 s ago.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua) · 3 chat
-- Answers where the user stands (`answer` in lib/users/user.lua)
local chat = ARGV[3]
local known, asker = gate(ARGV[2])
if known then
  return known
end
local status = unchanged(asker)
if chat_of(asker) ~= chat then
  return status
end
local last = tonumber(call('GET', pool .. 'topic:' .. chat) or '-inf')
if math.abs(now - last) < TOPIC_MS then
  return status
end
give_topic(chat, call('HGET', pool .. 'chats', chat))
return status_of(asker, '1')
