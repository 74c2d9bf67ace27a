-- include: base locks/periods locks/outcome
-- Sets a lock of a live chat and notes the outcome, which is returned. `periods` are the chat's locks so far; `since` and `till` are
-- Unix ms.
local function set_lock(lock, chat, periods, owner, bot, since, till, extended)
  local rest = owner .. ':' .. bot .. ':' .. string.format('%.0f:%.0f', since, till)
  local outcome = chat .. ':' .. rest .. ':' .. extended
  local kept_ms = math.max(0, till - now) + REMEMBERED_MS
  call('SET', pool .. 'lock:' .. lock, outcome, 'PX', string.format('%.0f', kept_ms))
  call('HSET', pool .. 'locks', chat, (periods == '' and '' or periods .. ' ') .. lock .. ':' .. rest)
  local last = math.max(till, lock_end(periods, owner))
  call('ZADD', pool .. 'lock_ends', string.format('%.0f', last), chat .. ':' .. owner)
  return outcome
end
