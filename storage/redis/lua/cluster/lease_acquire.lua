-- include: base
-- Take the right to serve a bot, where nobody else has it. The token is new also where the owner asks again: whatever it began
-- with an earlier one is over.
-- Tokens rise for ever: also after the server lost its memory, since they never fall behind the clock.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 good for, ms
-- Answers the fencing token; nil where another owner has it, and where live chats are not put back yet: whoever served a bot
-- from there would take everybody for free
if call('EXISTS', pool .. 'generation') == 0 then
  return nil
end
local key, owner = pool .. 'lease:' .. ARGV[2], ARGV[3]
local holder = string.match(call('GET', key) or '', '^(.*):%d+$')
if holder and holder ~= owner then
  return nil
end
local token = string.format('%d', math.max(tonumber(call('GET', pool .. 'fence') or '0') + 1, now))
call('SET', pool .. 'fence', token)
call('SET', key, owner .. ':' .. token, 'PX', ARGV[4])
call('HSET', pool .. 'leases', ARGV[2], owner)
return token
