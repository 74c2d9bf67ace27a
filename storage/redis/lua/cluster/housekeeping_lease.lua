-- include: base
-- Take the housekeeping, or hold it on, where no other worker has it.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 owner · 3 good for, ms; 0 gives it back
-- Answers 1 where the owner has it now
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
