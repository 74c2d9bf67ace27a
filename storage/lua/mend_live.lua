-- include: base user status free chat part queue dequeue put_back
-- Put chats back that the records call live and a server that lost its last moment does not know. Whose search is older than
-- the chat that was lost is taken from the queue. Where a member is in another chat by now the chat is lost, and both are told.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… chat, "<first>:<bot>:<second>:<bot>:<started>", …
-- Answers how many were put back
local restored = 0
for i = 2, #ARGV, 2 do
  restored = restored + put_back(ARGV[i], ARGV[i + 1], chat_of)
end
return restored
