-- What every script starts with. KEYS[1] is the pool's tag, such as "{main}"; every key below is derived from it, so that a
-- cluster keeps a pool on one node. ARGV[1] is empty, and the time is the server's; a test gives its own, in milliseconds.
local call = redis.call
local pool = KEYS[1] .. ':'
local now = tonumber(ARGV[1])
if not now then
  local clock = call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end
