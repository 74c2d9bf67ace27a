-- include: base users/user users/status users/free chats/chat chats/part chats/end_chat
-- End chats that the records call ended and the pool still knows. Both sides get an event; who heard of the end is not told again.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 recent partners ms · 3… chats
-- Answers how many were ended
local ended = 0
for i = 3, #ARGV do
  ended = ended + end_chat(ARGV[i], 'lost', ARGV[2])
end
return ended
