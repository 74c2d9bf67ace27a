-- include: base users/user users/status queue/dequeue chats/part
-- Puts a chat back that the records call live, "<first>:<bot>:<second>:<bot>:<started>", and takes the searches that its members
-- have from the queue. Where one of them is in another chat by now, or banned, the chat is lost, and both are told.
-- Returns 1, or 0 where it is lost or the pool knows it already.
local function take_from_queue(record)
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
    tell_parted(first, first_bot, chat, 'lost')
    tell_parted(second, second_bot, chat, 'lost')
    return 0
  end
  call('HSET', pool .. 'chats', chat, line)
  call('ZADD', pool .. 'active', now, chat)
  for _, record in ipairs({one, other}) do
    take_from_queue(record)
    stand(record, 'c:' .. chat)
  end
  return 1
end
