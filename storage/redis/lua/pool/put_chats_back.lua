-- include: base chats/put_back
-- Put chats back that the records call live and the pool does not know, the newest first. lib/chats/put_back.lua says what happens
-- to members who search, chat or are banned.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 the pool's generation when it was compared with the records; empty where it had none · 3… chat,
--         "<first>:<bot>:<second>:<bot>:<started>", …
-- Answers how many were put back; -1 where the generation is another by now
if (call('GET', pool .. 'generation') or '') ~= ARGV[2] then
  return -1
end
local restored = 0
for i = 3, #ARGV, 2 do
  restored = restored + put_back(ARGV[i], ARGV[i + 1])
end
return restored
