-- include: base served
-- Delete events whose effects are done. A process that no longer serves the bot changes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4… ids
-- Answers how many were deleted
local key = pool .. 'events:' .. ARGV[2]
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
local deleted = 0
for i = 4, #ARGV do
  deleted = deleted + call('XDEL', key, ARGV[i])
end
return deleted
