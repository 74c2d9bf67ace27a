-- include: base served
-- Keep what a bot has to send and cannot send yet, in the order in which it is to be sent.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 name of this step: the last one asked for again (an answer was lost) is not done again
--         5… version, type and data of each (storage/outbox_codec.py)
-- Answers their ids; nil for somebody who does not serve the bot
local REMEMBERED = 3600000
local key, last = pool .. 'outbox:' .. ARGV[2], pool .. 'outbox_step:' .. ARGV[2]
if not serves(ARGV[2], ARGV[3]) then
  return nil
end
local ids = {}
for word in string.gmatch(call('GET', last) or '', '%S+') do
  ids[#ids + 1] = word
end
if table.remove(ids, 1) == ARGV[4] then
  return ids
end
ids = {}
for i = 5, #ARGV, 3 do
  ids[#ids + 1] = call('XADD', key, '*', 'v', ARGV[i], 't', ARGV[i + 1], 'd', ARGV[i + 2])
end
call('SET', last, ARGV[4] .. ' ' .. table.concat(ids, ' '), 'PX', REMEMBERED)
return ids
