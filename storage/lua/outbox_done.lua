-- include: base served append
-- It is known what became of something kept: it goes, and whoever said it is told by an event in the same step. Done again it
-- tells again, which changes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 id · then, where there is somebody to tell: 5 their bot · 6 version, 7 type and 8 data of
--         the event
-- Answers 1; 0 for somebody who does not serve the bot
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
call('XDEL', pool .. 'outbox:' .. ARGV[2], ARGV[4])
if ARGV[5] then
  append(ARGV[5], ARGV[6], ARGV[7], ARGV[8])
end
return 1
