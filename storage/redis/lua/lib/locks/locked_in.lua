-- include: base users/user locks/periods
-- The answer to a person whom the partner's lock keeps in `chat`, nil where none does. `periods` are the chat's locks. Nothing was
-- decided, so the answer has the marks from before the request.
local function locked_in(record, chat, periods)
  local line = call('HGET', pool .. 'chats', chat)
  local first, second = string.match(line, '^(%d+):%d+:(%d+):')
  local till = lock_end(periods, record.user == first and second or first)
  if till > now then
    local before = load(record.user, record.bot)
    return answer(before, 'locked_in', '0', chat, line .. ':' .. string.format('%.0f', till))
  end
end
