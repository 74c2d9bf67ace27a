-- include: base
-- Acquire, renew or release the housekeeping lease. Nothing changes where another worker holds it.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 owner · 3 time to live, ms; 0 releases it
-- Answers 1 where the owner holds it now
local key = pool .. 'housekeeper'
local holder = call('GET', key)
if holder and holder ~= ARGV[2] then
  return 0
end
if ARGV[3] == '0' then
  call('DEL', key)
  return 0
end
call('SET', key, ARGV[2], 'PX', ARGV[3])
return 1
