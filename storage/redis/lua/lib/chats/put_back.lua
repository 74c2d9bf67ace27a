-- include: base users/user users/status queue/dequeue chats/leave_chat
-- Puts a chat back that the records call live. `line` is "<first>:<bot>:<second>:<bot>:<started>". Its members' searches end.
-- Where a member is in another chat by now, or banned, the chat is lost and both members are told.
-- Returns 1, or 0 where the chat is lost or the pool knows it already.
local function remove_search(record)
  local search = search_of(record)
  if search then
    dequeue(search.scope, search.bucket, record.user .. ':' .. search.bot)
  end
end

local function put_back(chat, line)
  if call('HEXISTS', pool .. 'chats', chat) == 1 then
    return 0
  end
  local first, first_bot, second, second_bot = string.match(line, '^(%d+):(%d+):(%d+):(%d+):%d+$')
  local one, other = load(first), load(second)
  if chat_of(one) or chat_of(other) or banned(one) or banned(other) then
    tell_chat_ended(first, first_bot, chat, 'lost')
    tell_chat_ended(second, second_bot, chat, 'lost')
    return 0
  end
  call('HSET', pool .. 'chats', chat, line)
  call('ZADD', pool .. 'active', now, chat)
  for _, record in ipairs({one, other}) do
    remove_search(record)
    set_state(record, 'c:' .. chat)
  end
  return 1
end
