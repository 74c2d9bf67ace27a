-- Makes a chat of a seeker and the one found: queue, both records, the chat, the recent partners and both events, at once.
-- `mark` is the seeker's {bot, pts}.
local function pair(seeker, bot, found, scope, chat, recent, mark_bot, pts)
  take(found, scope)
  local other, other_bot = found.user, string.match(found.member, ':(%d+)$')
  local at, line = 'c:' .. chat, seeker.user .. ':' .. bot .. ':' .. other .. ':' .. other_bot .. ':' .. now
  call('HSET', pool .. 'chats', chat, line)
  stand(seeker, at, mark_bot, pts)
  call('HSET', pool .. 'user:' .. other, 'at', at)
  remember(seeker.user, other, recent)
  local json = '{"id":"' .. chat .. '","first":{"bot":' .. bot .. ',"user":' .. seeker.user .. '},"second":{"bot":'
    .. other_bot .. ',"user":' .. other .. '},"started":' .. now / 1000 .. '}'
  tell_matched(seeker.user, bot, json)
  tell_matched(other, other_bot, json)
end
