-- include: base
-- Add to the message maps of chats (storage/redis/message_maps.py). String {pool}:map:<chat>: 16 bytes for each pair with its digest, oldest first.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bytes of a map that are of use · 3 keep for ms · 4… chat, pairs to add (none: the chat is over), chat, …
-- Answers nothing
for i = 4, #ARGV, 2 do
  local key = pool .. 'map:' .. ARGV[i]
  if ARGV[i + 1] == '' then
    call('DEL', key)
  else
    if call('APPEND', key, ARGV[i + 1]) > 2 * ARGV[2] then
      call('SET', key, call('GETRANGE', key, -ARGV[2], -1))
    end
    call('PEXPIRE', key, ARGV[3])
  end
end
