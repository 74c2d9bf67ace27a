-- include: base chats/end_chat
-- End chats that the pool still knows: the records call them ended, or an operator ends them. Both members get an event; a session
-- ignores it where its user was told before.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 recent partners ms · 3 why · 4… chats
-- Answers how many were ended
local ended = 0
for i = 4, #ARGV do
  ended = ended + end_chat(ARGV[i], ARGV[3], ARGV[2])
end
return ended
