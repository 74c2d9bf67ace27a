-- include: base event users/user chats/recent queue/bucket_index
-- Takes the person found out of the queue. Most often that person is the head of the bucket, and the page already shows the next.
local function take_from_bucket(cursor, scope)
  local page = cursor.page
  call('ZREM', cursor.key, page[cursor.at])
  if cursor.at == 1 and cursor.from * 2 == #page then
    set_head(cursor.index, scope, cursor.bucket, page[4])
  end
end

-- Makes a chat of a seeker and the person found. Writes the queue, both records, the chat, the recent partners and both events.
-- Hash {pool}:chats: chat → "<first>:<bot>:<second>:<bot>:<started, Unix ms>". The seeker is first.
local function pair(seeker, bot, cursor, scope, chat, recent_ms)
  take_from_bucket(cursor, scope)
  local other, other_bot = string.match(cursor.page[cursor.at], '^(%d+):(%d+)$')
  local state, line = 'c:' .. chat, seeker.user .. ':' .. bot .. ':' .. other .. ':' .. other_bot .. ':' .. now_text
  call('HSET', pool .. 'chats', chat, line)
  call('ZADD', pool .. 'active', now_text, chat)
  set_state(seeker, state)
  call('HSET', pool .. 'user:' .. other, 'at', state)
  remember_recent(seeker.user, other, recent_ms)
  local json = ',"chat":{"id":"' .. chat .. '","first":{"bot":' .. bot .. ',"user":' .. seeker.user .. '},"second":{"bot":'
    .. other_bot .. ',"user":' .. other .. '},"started":' .. now_text .. 'e-3}}'
  send_event(bot, 'Matched', '{"user":' .. seeker.user .. json)
  send_event(other_bot, 'Matched', '{"user":' .. other .. json)
  return answer(seeker, 'paired', '1', chat, line)
end
