-- include: base
-- Add to the message maps of chats (storage/redis/message_maps.py). String {pool}:map:<chat>: 16 bytes for each pair with its digest,
-- oldest first. Of a chat that is over the map expires sooner, and with it what its edited messages said before (earlier_keep.lua).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bytes of a map that are of use · 3 keep for ms · 4 keep for ms once the chat is over
--         5… chat, pairs to add, "1" where the chat is over, …
-- Answers nothing
for i = 5, #ARGV, 3 do
  local key, over = pool .. 'map:' .. ARGV[i], ARGV[i + 2] == '1'
  if ARGV[i + 1] ~= '' and call('APPEND', key, ARGV[i + 1]) > 2 * ARGV[2] then
    call('SET', key, call('GETRANGE', key, -ARGV[2], -1))
  end
  call('PEXPIRE', key, over and ARGV[4] or ARGV[3])
  if over then
    call('PEXPIRE', pool .. 'earlier:' .. ARGV[i], ARGV[4])
  end
end
