-- include: base
-- A person's record, hash {pool}:user:<id>:
--   at      where they stand; absent: free
--             w:<bot>:<since>:<score>:<bucket>:<scope>   waiting
--             c:<chat>                                   in a chat
--   ban     banned until, Unix milliseconds or "inf"
--   <bot>   the highest pts of that bot that asked for something (domain.matching.requests.Mark): `last_pts`
-- Those of other bots than `bot` are only carried along: " <bot>:<pts> <bot>:<pts>".
local function load(user, bot)
  local record = {
    user = user, bot = bot, key = pool .. 'user:' .. user, others = '',
    at = nil, ban = nil, last_pts = nil, asked_pts = nil, fading = nil
  }
  local flat = call('HGETALL', record.key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    if field == 'at' then
      record.at = value
    elseif field == 'ban' then
      record.ban = tonumber(value)
    elseif field == bot then
      record.last_pts = value
    else
      record.others = record.others .. ' ' .. field .. ':' .. value
    end
  end
  record.fading = #flat > 0 and not record.at
  return record
end

local function banned(record)
  return record.ban and record.ban > now
end

-- Stands at `at` from now on; the place of the update that did it is kept with it.
local function stand(record, at)
  record.at = at
  if record.last_pts then
    call('HSET', record.key, 'at', at, record.bot, record.last_pts)
  else
    call('HSET', record.key, 'at', at)
  end
  if record.fading then
    call('PERSIST', record.key)
  end
end

-- What is answered (storage/redis/pool/pool.py reads it): "<kind> <1 where fresh> <x> <y> <bot>:<pts> <bot>:<pts> …".
local function answer(record, kind, fresh, x, y)
  local own = record.last_pts and ' ' .. record.bot .. ':' .. record.last_pts or ''
  return kind .. ' ' .. fresh .. ' ' .. x .. ' ' .. y .. own .. record.others
end
