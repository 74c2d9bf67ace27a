-- include: base served
-- Move an entry that this release cannot read to stream {pool}:parked:<bot>, for a release that can. streams/watch.lua limits that
-- stream.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 id · 5… its fields and values
-- Answers 1, or 0 where the owner does not serve the bot
local key = pool .. 'events:' .. ARGV[2]
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
call('XADD', pool .. 'parked:' .. ARGV[2], '*', unpack(ARGV, 5))
return call('XDEL', key, ARGV[4])
