-- include: base users/user chats/chat queue/bucket_index
-- Takes the one found out of the queue. Most often it is the head, and its page already tells who comes next.
local function take(cursor, scope)
  local page = cursor.page
  call('ZREM', cursor.key, page[cursor.at])
  if cursor.at == 1 and cursor.from * 2 == #page then
    set_head(cursor.index, scope, cursor.bucket, page[4])
  end
end

-- Makes a chat of a seeker and the one found: queue, both records, the chat, the recent partners and both events, at once.
local function pair(seeker, bot, cursor, scope, chat, recent)
  take(cursor, scope)
  local other, other_bot = string.match(cursor.page[cursor.at], '^(%d+):(%d+)$')
  local at, line = 'c:' .. chat, seeker.user .. ':' .. bot .. ':' .. other .. ':' .. other_bot .. ':' .. moment
  call('HSET', pool .. 'chats', chat, line)
  call('ZADD', pool .. 'active', moment, chat)
  stand(seeker, at)
  call('HSET', pool .. 'user:' .. other, 'at', at)
  remember(seeker.user, other, recent)
  local json = ',"chat":{"id":"' .. chat .. '","first":{"bot":' .. bot .. ',"user":' .. seeker.user .. '},"second":{"bot":'
    .. other_bot .. ',"user":' .. other .. '},"started":' .. moment .. 'e-3}}'
  tell(bot, 'Matched', '{"user":' .. seeker.user .. json)
  tell(other_bot, 'Matched', '{"user":' .. other .. json)
  return answer(seeker, 'paired', '1', chat, line)
end
