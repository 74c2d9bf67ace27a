-- include: base users/apart
-- Block a person for another, lift the block, or keep the two apart by a report (domain.ports.pool.Pool.block,
-- Reconciliation.put_blocks_back).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 other · 4 "1" to block, "0" to lift the block, "report" for a report
-- Answers nothing
if ARGV[4] == 'report' then
  part_by_report(ARGV[2], ARGV[3])
else
  set_block(ARGV[2], ARGV[3], ARGV[4] == '1')
end
