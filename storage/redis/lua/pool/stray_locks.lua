-- include: base locks/break_locks
-- Drop the locks of those of these chats that are over (domain.ports.pool.Reconciliation.drop_stray_locks).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… chats
-- Answers how many chats had any
local dropped = 0
for i = 2, #ARGV do
  local periods = call('HGET', pool .. 'locks', ARGV[i])
  if periods and call('HEXISTS', pool .. 'chats', ARGV[i]) == 0 then
    break_locks(ARGV[i], periods, 'lost', 'null')
    dropped = dropped + 1
  end
end
return dropped
