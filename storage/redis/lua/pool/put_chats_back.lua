-- include: base users/user users/status users/free chats/chat chats/part queue/queue queue/dequeue chats/put_back
-- Put chats back that the records call live and the pool does not know, the newest first. Whose search is older than the chat
-- that was lost is taken from the queue. Where a member is in another chat by now, or banned, the chat is lost, and both are told.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 generation of the pool that was compared, empty where it had none · 3… chat,
--         "<first>:<bot>:<second>:<bot>:<started>", …
-- Answers how many were put back; -1 where the pool has lost its memory, or was given another, since it was compared
if (call('GET', pool .. 'generation') or '') ~= ARGV[2] then
  return -1
end
local restored = 0
for i = 3, #ARGV, 2 do
  restored = restored + put_back(ARGV[i], ARGV[i + 1])
end
return restored
