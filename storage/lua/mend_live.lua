-- include: base user standing free chat part queue dequeue
-- Put chats back that the records call live and a server that lost its last moment does not know. Whose search is older than
-- the chat that was lost is taken from the queue. Where a member is in another chat by now the chat is lost, and both are told.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… chat, "<first>:<bot>:<second>:<bot>:<started>", …
-- Answers how many were put back
local function take_from_queue(record)
  local search = search_of(record)
  if search then
    dequeue(search.scope, search.bucket, record.user .. ':' .. search.bot)
  end
end

local function put_back(chat, line)
  local first, first_bot, second, second_bot = string.match(line, '^(%d+):(%d+):(%d+):(%d+):%d+$')
  local one, other = load(first), load(second)
  if chat_of(one) or chat_of(other) then
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

local restored = 0
for i = 2, #ARGV, 2 do
  if call('HEXISTS', pool .. 'chats', ARGV[i]) == 0 then
    restored = restored + put_back(ARGV[i], ARGV[i + 1])
  end
end
return restored
