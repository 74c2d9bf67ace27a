-- A person's record, hash {pool}:user:<id>:
--   at      where they stand; absent: free
--             w:<bot>:<since>:<score>:<bucket>:<scope>   waiting
--             c:<chat>                                   in a chat
--   ban     banned until, Unix milliseconds or "inf"
--   <bot>   the highest pts of that bot that asked for something (domain.pool.Mark)
local MARKS_KEPT = 7 * 24 * 3600

local function load(user)
  local record = {user = user, key = pool .. 'user:' .. user, marks = {}}
  local flat = call('HGETALL', record.key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    if field == 'at' then
      record.at = value
    elseif field == 'ban' then
      record.ban = tonumber(value)
    else
      record.marks[#record.marks + 1] = field
      record.marks[#record.marks + 1] = value
    end
  end
  record.fading = #flat > 0 and not record.at
  return record
end

local function banned(record)
  return record.ban and record.ban > now
end

local function chat_of(record)
  if record.at and string.sub(record.at, 1, 2) == 'c:' then
    return string.sub(record.at, 3)
  end
end

-- since, score: milliseconds, as strings.
local function search_of(record)
  if record.at and string.sub(record.at, 1, 2) == 'w:' then
    local bot, since, score, bucket, scope = string.match(record.at, '^w:(%d+):(%d+):(-?%d+):(%d+):(.*)$')
    return {bot = bot, since = since, score = score, bucket = bucket, scope = scope}
  end
end

-- Stands at `at` from now on. `bot` and `pts` are the request's mark; pts is empty for a press and for a partner.
local function stand(record, at, bot, pts)
  record.at = at
  if pts ~= '' then
    call('HSET', record.key, 'at', at, bot, pts)
  else
    call('HSET', record.key, 'at', at)
  end
  if record.fading then
    call('PERSIST', record.key)
  end
end

-- A free person's record holds only marks and a ban: it fades once neither can matter.
local function fade(record)
  local seconds = MARKS_KEPT
  if banned(record) then
    if record.ban == math.huge then
      return call('PERSIST', record.key)
    end
    seconds = math.max(seconds, math.ceil((record.ban - now) / 1000))
  end
  call('EXPIRE', record.key, seconds)
end

local function set_free(record)
  record.at = nil
  call('HDEL', record.key, 'at')
  fade(record)
end

-- What is answered (storage/pool.py reads it): {kind, x, y, fresh, bot, pts, bot, pts, …}.
local function standing(record, fresh)
  local chat, search = chat_of(record), search_of(record)
  local answer
  if chat then
    answer = {'paired', chat, call('HGET', pool .. 'chats', chat), fresh or ''}
  elseif search then
    answer = {'waiting', search.since, search.bot, fresh or ''}
  elseif banned(record) then
    answer = {'banned', tostring(record.ban), '', ''}
  else
    answer = {'free', '', '', ''}
  end
  for i = 1, #record.marks do
    answer[4 + i] = record.marks[i]
  end
  return answer
end
