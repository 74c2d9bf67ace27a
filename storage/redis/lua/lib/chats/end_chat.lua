-- include: base users/user users/expiry chats/leave_chat
-- Ends a chat that neither member ends, and tells both. Returns 1, or 0 where the pool does not know the chat.
local function end_chat(chat, why, recent_ms)
  local line = call('HGET', pool .. 'chats', chat)
  if not line then
    return 0
  end
  local record = load(string.match(line, '^%d+'))
  local bot = leave_chat(record, why, recent_ms, 'nobody')
  set_free(record)
  tell_chat_ended(record.user, bot, chat, why)
  return 1
end
