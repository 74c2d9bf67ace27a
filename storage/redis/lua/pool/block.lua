-- include: base
-- Block a person for another, or lift the block (domain.ports.pool.Pool.block).
-- Hash {pool}:apart:<user>: other → 1 they blocked the other, 2 the other blocked them, 3 both.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 other · 4 "1" to block, "0" to lift the block
-- Answers nothing
local blocked = ARGV[4] == '1'

local function set_flag(user, other, bit)
  local key = pool .. 'apart:' .. user
  local bits = tonumber(call('HGET', key, other) or '0')
  if blocked ~= (math.floor(bits / bit) % 2 == 1) then
    bits = blocked and bits + bit or bits - bit
    if bits == 0 then
      call('HDEL', key, other)
    else
      call('HSET', key, other, bits)
    end
  end
end

set_flag(ARGV[2], ARGV[3], 1)
set_flag(ARGV[3], ARGV[2], 2)
