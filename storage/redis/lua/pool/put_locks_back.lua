-- include: base locks/set_lock
-- Put locks of live chats back that the pool does not know (domain.ports.pool.Reconciliation.put_locks_back). Where the pool has said
-- that a lock was not set, and the records have it in force all the same, it is paid: it had been set before a wipe.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… chat, "<lock>:<owner>:<owner's bot>:<since>:<until>", …
-- Answers how many were put back
local restored = 0
for i = 2, #ARGV, 2 do
  local chat = ARGV[i]
  local lock, owner, bot, since, till = string.match(ARGV[i + 1], '^' .. PERIOD .. '$')
  local outcome = outcome_of(lock)
  if call('HEXISTS', pool .. 'chats', chat) == 1 and (not outcome or outcome == 'no:void') then
    local periods = call('HGET', pool .. 'locks', chat) or ''
    set_lock(lock, chat, periods, owner, bot, tonumber(since), tonumber(till), '0')
    restored = restored + 1
  end
end
return restored
