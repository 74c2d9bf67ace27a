-- include: base lease served
-- Release leases. A lease of another owner stays as it is.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 owner · 3 token, or empty for any · 4… bots
-- Answers how many were released
local owner, wanted, released = ARGV[2], ARGV[3], 0
for i = 4, #ARGV do
  local bot = ARGV[i]
  if wanted == '' and serves(bot, owner) or is_lease_of(bot, owner .. ':' .. wanted) then
    call('DEL', pool .. 'lease:' .. bot)
    call('HDEL', pool .. 'leases', bot)
    released = released + 1
  end
end
return released
