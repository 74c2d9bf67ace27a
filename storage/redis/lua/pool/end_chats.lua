-- include: base chats/end_chat
-- End chats that the records call ended and the pool still knows. Both members get an event; a session ignores it where its user
-- was told before.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 recent partners ms · 3… chats
-- Answers how many were ended
local ended = 0
for i = 3, #ARGV do
  ended = ended + end_chat(ARGV[i], 'lost', ARGV[2])
end
return ended
