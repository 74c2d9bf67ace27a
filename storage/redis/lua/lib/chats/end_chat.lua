-- include: base users/user users/status chats/part users/free
-- Ends a chat that the pool may not know any more; both sides are told. Returns 1, or 0 where it did not know it.
local function end_chat(chat, why, recent)
  local line = call('HGET', pool .. 'chats', chat)
  if not line then
    return 0
  end
  local record = load(string.match(line, '^%d+'))
  local bot = part(record, why, recent)
  set_free(record)
  tell_parted(record.user, bot, chat, why)
  return 1
end
