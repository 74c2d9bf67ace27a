-- include: base user standing free chat part
-- End chats that the records call ended and a server that lost its last moment still knows; who heard of it is not told again.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 recent partners ms · 3… chats
-- Answers how many were ended
local ended = 0
for i = 3, #ARGV do
  local line = call('HGET', pool .. 'chats', ARGV[i])
  if line then
    local record = load(string.match(line, '^%d+'))
    local bot = part(record, 'lost', tonumber(ARGV[2]))
    set_free(record)
    tell_parted(record.user, bot, ARGV[i], 'lost')
    ended = ended + 1
  end
end
return ended
