-- include: base served
-- Put an entry that cannot be read aside, for a release that can. How many may lie there: events_watch.lua.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 id · 5… its fields and values
-- Answers 1, or 0 for somebody who does not serve the bot
local key = pool .. 'events:' .. ARGV[2]
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
call('XADD', pool .. 'parked:' .. ARGV[2], '*', unpack(ARGV, 5))
return call('XDEL', key, ARGV[4])
