-- include: base lease
-- Renew a lease.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 "<owner>:<token>" · 4 time to live, ms
-- Answers 1, or 0 where the lease was lost
if not is_lease_of(ARGV[2], ARGV[3]) then
  return 0
end
return call('PEXPIRE', pool .. 'lease:' .. ARGV[2], ARGV[4])
