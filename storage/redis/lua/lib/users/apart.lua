-- include: base
-- Who never meets whom. Hash {pool}:apart:<user>: other → a sum of
--   1 they blocked the other · 2 the other blocked them · 4 a report keeps the two apart, which is never lifted
local function set_flag(user, other, bit, on)
  local key = pool .. 'apart:' .. user
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

local function set_block(user, other, on)
  set_flag(user, other, 1, on)
  set_flag(other, user, 2, on)
end

local function part_by_report(one, other)
  set_flag(one, other, 4, true)
  set_flag(other, one, 4, true)
end
