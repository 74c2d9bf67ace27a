-- include: base event locks/periods
-- End the locks whose time is over, and tell both members (domain.ports.locks.LockPool.end_due).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 at most
-- Answers {how many were ended, ms until the next end; -1 where there is none}
local ends = pool .. 'lock_ends'

local function remove(chat, owner)
  local left = {}
  for lock, each, bot, since, till in string.gmatch(call('HGET', pool .. 'locks', chat) or '', PERIOD) do
    if each ~= owner then
      left[#left + 1] = lock .. ':' .. each .. ':' .. bot .. ':' .. since .. ':' .. till
    end
  end
  if left[1] then
    call('HSET', pool .. 'locks', chat, table.concat(left, ' '))
  else
    call('HDEL', pool .. 'locks', chat)
  end
end

local function tell(chat, owner)
  local line, json = call('HGET', pool .. 'chats', chat) or '', ',"chat":"' .. chat .. '","owner":' .. owner .. '}'
  local first, first_bot, second, second_bot = string.match(line, '^(%d+):(%d+):(%d+):(%d+):')
  if first then
    send_event(first_bot, 'LockEnded', '{"user":' .. first .. json)
    send_event(second_bot, 'LockEnded', '{"user":' .. second .. json)
  end
end

local due = call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, ARGV[2])
for i = 1, #due do
  local chat, owner = string.match(due[i], '^(.*):(%d+)$')
  call('ZREM', ends, due[i])
  remove(chat, owner)
  tell(chat, owner)
end
local next_end = call('ZRANGE', ends, 0, 0, 'WITHSCORES')[2]
return {#due, next_end and math.max(0, next_end - now) or -1}
