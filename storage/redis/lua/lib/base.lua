-- What every script starts with. KEYS[1] is the pool's tag, such as "{main}"; every key below is derived from it, so that a
-- cluster keeps a pool on one node. ARGV[1] is empty, and the time is the server's; a test gives its own, in milliseconds.
-- `moment` is `now` as text: numbers are slow to write.
local call = redis.call
local pool = KEYS[1] .. ':'
local moment = ARGV[1]
if moment == '' then
  local clock = call('TIME')
  moment = clock[1] .. string.sub('00000' .. clock[2], -6, -4)
end
local now = tonumber(moment)
