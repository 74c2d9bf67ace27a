-- include: base chats/begin_chat queue/bucket_index
-- Takes the person found out of the queue. Most often that person is the head of the bucket, and the page already shows the next.
local function take_from_bucket(cursor, scope)
  local page = cursor.page
  call('ZREM', cursor.key, page[cursor.at])
  if cursor.at == 1 and cursor.from * 2 == #page then
    set_head(cursor.index, scope, cursor.bucket, page[4])
  end
end

-- Makes a chat of a seeker and the person found. Writes the queue, both records, the chat, the recent partners and both events.
local function pair(seeker, bot, cursor, scope, chat, recent_ms)
  take_from_bucket(cursor, scope)
  local other, other_bot = string.match(cursor.page[cursor.at], '^(%d+):(%d+)$')
  call('HSET', pool .. 'user:' .. other, 'at', 'c:' .. chat)
  return begin_chat(seeker, bot, other, other_bot, chat, recent_ms, '')
end
