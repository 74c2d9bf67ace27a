-- include: base served
-- Delete the streams of a bot that was removed. Nothing happens while somebody serves it.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot
-- Answers "1" where they are gone, "" where it is served
local bot = ARGV[2]
if owner_of(bot) then
  return ''
end
call('HDEL', pool .. 'streams', bot)
call('HDEL', pool .. 'leases', bot)
call('DEL', pool .. 'events:' .. bot, pool .. 'parked:' .. bot)
return '1'
