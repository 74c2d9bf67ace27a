-- include: base users/user locks/locked_line
-- The answer to a person whom the partner's lock keeps in `chat`, nil where none does. `periods` are the chat's locks. Nothing was
-- decided, so the answer has the marks from before the request.
local function locked_in(record, chat, periods)
  local line = call('HGET', pool .. 'chats', chat)
  local locked = locked_line(record, line, periods)
  if locked ~= line then
    return answer(load(record.user, record.bot), 'locked_in', '0', chat, locked)
  end
end
