-- include: base locks/outcome
-- Tell what became of locks, and see to it that those that are not set never will be (domain.ports.locks.LockPool.settle).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… locks
-- Answers the outcome of each (lib/locks/outcome.lua)
local outcomes = {}
for i = 2, #ARGV do
  outcomes[i - 1] = outcome_of(ARGV[i]) or refuse_lock(ARGV[i], 'void')
end
return outcomes
