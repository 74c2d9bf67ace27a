-- What every script starts with. KEYS[1] is the pool's tag, such as "{main}"; every key below is derived from it, so that a
-- cluster keeps a pool on one node. ARGV[1] is added to the clock, in milliseconds: 0, except where a test moves time.
local call = redis.call
local pool = KEYS[1] .. ':'
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + ARGV[1]
