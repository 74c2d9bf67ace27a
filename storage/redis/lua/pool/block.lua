-- include: base
-- Somebody wants to meet another no more, or again (domain.ports.pool.Pool.block). Each side's hash {pool}:apart:<user> knows of it:
-- 1 they blocked the other, 2 the other blocked them, 3 both.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 other · 4 "1" to block, "0" to lift it
local on = ARGV[4] == '1'

local function flag(one, other, bit)
  local key = pool .. 'apart:' .. one
  local bits = tonumber(call('HGET', key, other) or '0')
  if on ~= (math.floor(bits / bit) % 2 == 1) then
    bits = on and bits + bit or bits - bit
    if bits == 0 then
      call('HDEL', key, other)
    else
      call('HSET', key, other, bits)
    end
  end
end

flag(ARGV[2], ARGV[3], 1)
flag(ARGV[3], ARGV[2], 2)
