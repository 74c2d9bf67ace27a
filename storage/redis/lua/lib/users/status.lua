-- include: base users/user
-- Whether a person is free, waits, or is in a chat, and the answer that says so.
local function chat_of(record)
  return record.at and string.match(record.at, '^c:(.*)$')
end

-- since, score: milliseconds, as strings.
local function search_of(record)
  if record.at and string.sub(record.at, 1, 2) == 'w:' then
    local bot, since, score, bucket, scope = string.match(record.at, '^w:(%d+):(%d+):(-?%d+):(%d+):(.*)$')
    return {bot = bot, since = since, score = score, bucket = bucket, scope = scope}
  end
end

local function status_of(record)
  local chat, search = chat_of(record), search_of(record)
  if chat then
    return answer(record, 'paired', '0', chat, call('HGET', pool .. 'chats', chat))
  elseif search then
    return answer(record, 'waiting', '0', search.since, search.bot)
  elseif banned(record) then
    return answer(record, 'banned', '0', record.ban, '-')
  end
  return answer(record, 'free', '0', '-', '-')
end
