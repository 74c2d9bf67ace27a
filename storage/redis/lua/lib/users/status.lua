-- include: base users/user
-- Whether a person is free, waits or chats, and the answer that says so.
local function chat_of(record)
  return record.state and string.match(record.state, '^c:(.*)$')
end

-- `since` and `score` are milliseconds, as strings.
local function search_of(record)
  if record.state and string.sub(record.state, 1, 2) == 'w:' then
    local bot, since, score, bucket, scope = string.match(record.state, '^w:(%d+):(%d+):(-?%d+):(%d+):(.*)$')
    return {bot = bot, since = since, score = score, bucket = bucket, scope = scope}
  end
end

-- `fresh`: '1' where the request did something in the chat.
local function status_of(record, fresh)
  local chat, search = chat_of(record), search_of(record)
  if chat then
    local line, locks = call('HGET', pool .. 'chats', chat), call('HGET', pool .. 'locks', chat)
    if locks then
      -- include: locks/locked_line
      line = locked_line(record, line, locks)
    end
    return answer(record, 'paired', fresh or '0', chat, line)
  elseif search then
    return answer(record, 'waiting', '0', search.since, search.bot)
  elseif banned(record) then
    return answer(record, 'banned', '0', record.ban, '-')
  end
  return answer(record, 'free', '0', '-', '-')
end
