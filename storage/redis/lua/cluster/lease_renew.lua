-- include: base
-- Hold a lease on.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 "<owner>:<token>" · 4 good for, ms
-- Answers 1, or 0 where it was lost
local key = pool .. 'lease:' .. ARGV[2]
if call('GET', key) ~= ARGV[3] then
  return 0
end
return call('PEXPIRE', key, ARGV[4])
