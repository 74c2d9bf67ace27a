-- include: base served
-- Acquire the lease of a bot, where no other owner holds it. The fencing token is always new, also where the owner asks again:
-- whatever it began with an earlier token is refused.
-- Tokens only rise. They are never less than the clock's milliseconds, so they rise also after the server lost its memory.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 time to live, ms
-- Answers the fencing token; nil where another owner holds the lease. Also nil while live chats are not put back after a loss of
-- memory: a bot that was served then would find everybody free
if call('EXISTS', pool .. 'generation') == 0 then
  return nil
end
local key, owner = pool .. 'lease:' .. ARGV[2], ARGV[3]
local holder = owner_of(ARGV[2])
if holder and holder ~= owner then
  return nil
end
local token = string.format('%d', math.max(tonumber(call('GET', pool .. 'fence') or '0') + 1, now))
call('SET', pool .. 'fence', token)
call('SET', key, owner .. ':' .. token, 'PX', ARGV[4])
call('HSET', pool .. 'leases', ARGV[2], owner)
return token
