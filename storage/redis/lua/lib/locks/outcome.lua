-- include: base
-- What became of a lock, decided once. String {pool}:lock:<lock>; expires (REMEMBERED_SECONDS in domain/matching/locks.py):
--   <chat>:<owner>:<owner's bot>:<since>:<until>:<"1" where it extends an earlier one, else "0">   it was set
--   no:<domain.matching.locks.Refusal>                                                             it will never be
local REMEMBERED_MS = 7 * 24 * 3600 * 1000

local function outcome_of(lock)
  return call('GET', pool .. 'lock:' .. lock)
end

local function refuse_lock(lock, why)
  local outcome = 'no:' .. why
  call('SET', pool .. 'lock:' .. lock, outcome, 'PX', REMEMBERED_MS)
  return outcome
end
