-- include: base
-- A person's record, hash {pool}:user:<id>:
--   at      their state; absent: free
--             w:<bot>:<since>:<score>:<bucket>:<scope>   waiting
--             c:<chat>                                   in a chat
--   ban     banned until, Unix ms or "inf"
--   <bot>   the mark: the highest pts of that bot that asked for something (domain.matching.requests.Mark)
-- With `bot`, `record.last_pts` is that bot's mark. `record.other_marks` has those of the other bots: " <bot>:<pts> <bot>:<pts>".
-- `record.expires`: whether the key has a time to live.
local function load(user, bot)
  local record = {
    user = user, bot = bot, key = pool .. 'user:' .. user, other_marks = '',
    state = nil, ban = nil, last_pts = nil, request_pts = nil, expires = nil
  }
  local flat = call('HGETALL', record.key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    if field == 'at' then
      record.state = value
    elseif field == 'ban' then
      record.ban = tonumber(value)
    elseif field == bot then
      record.last_pts = value
    else
      record.other_marks = record.other_marks .. ' ' .. field .. ':' .. value
    end
  end
  record.expires = #flat > 0 and not record.state
  return record
end

local function banned(record)
  return record.ban and record.ban > now
end

-- Writes a new state, and with it the mark of the request that led to it.
local function set_state(record, state)
  record.state = state
  if record.last_pts then
    call('HSET', record.key, 'at', state, record.bot, record.last_pts)
  else
    call('HSET', record.key, 'at', state)
  end
  if record.expires then
    call('PERSIST', record.key)
  end
end

-- The answer to a request, "<kind> <fresh> <x> <y> <bot>:<pts> <bot>:<pts> …". `fresh` is '1' where the request made the search
-- or the chat. `read_answer` in storage/redis/pool/decisions.py says what x and y are.
local function answer(record, kind, fresh, x, y)
  local own_mark = record.last_pts and ' ' .. record.bot .. ':' .. record.last_pts or ''
  return kind .. ' ' .. fresh .. ' ' .. x .. ' ' .. y .. own_mark .. record.other_marks
end
