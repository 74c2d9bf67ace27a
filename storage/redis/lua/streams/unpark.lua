-- include: base served
-- Move parked entries that this release can read to the end of the bot's stream.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4… ids of parked entries
-- Answers how many were moved
local parked, moved = pool .. 'parked:' .. ARGV[2], 0
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
for i = 4, #ARGV do
  local entry = call('XRANGE', parked, ARGV[i], ARGV[i])[1]
  if entry then
    call('XADD', pool .. 'events:' .. ARGV[2], '*', unpack(entry[2]))
    moved = moved + call('XDEL', parked, ARGV[i])
  end
end
return moved
