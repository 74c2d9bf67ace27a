-- include: base users/user users/status users/free chats/chat
local function tell_parted(user, bot, chat, why)
  tell(bot, 'Parted', '{"user":' .. user .. ',"chat":"' .. chat .. '","why":"' .. why .. '"}')
end

-- Ends a person's chat: the chat goes, the partner is free and told; the caller says where `record` stands next.
-- Returns the bot where `record` was in that chat.
local function part(record, why, recent)
  local chat = chat_of(record)
  local line = call('HGET', pool .. 'chats', chat)
  record.at = nil
  call('HDEL', pool .. 'chats', chat)
  call('ZREM', pool .. 'active', chat)
  local first, first_bot, second, second_bot = string.match(line, '^(%d+):(%d+):(%d+):(%d+):')
  local mine, other, other_bot = first_bot, second, second_bot
  if record.user == second then
    mine, other, other_bot = second_bot, first, first_bot
  end
  set_free(load(other))
  remember(record.user, other, recent)
  tell_parted(other, other_bot, chat, why)
  return mine
end
