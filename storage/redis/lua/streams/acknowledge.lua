-- include: base served
-- The effects of these events are done: they are gone. A process that no longer serves the bot changes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4… ids
-- Answers how many are gone
local key = pool .. 'events:' .. ARGV[2]
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
local gone = 0
for i = 4, #ARGV do
  gone = gone + call('XDEL', key, ARGV[i])
end
return gone
