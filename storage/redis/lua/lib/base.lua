-- What every script starts with.
-- KEYS[1] is the pool's tag, such as "{main}". All keys are made from it, so that a cluster keeps a pool on one node.
-- ARGV[1] is the time in Unix milliseconds. It is given by tests only; where it is empty the server's clock counts.
-- `now` is that time as a number. `now_text` is the same as text, because writing a number is slow in Lua.
local call = redis.call
local pool = KEYS[1] .. ':'
local now_text = ARGV[1]
if now_text == '' then
  local clock = call('TIME')
  now_text = clock[1] .. string.sub('00000' .. clock[2], -6, -4)
end
local now = tonumber(now_text)
