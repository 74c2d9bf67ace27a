-- include: users/status queue/dequeue users/free chats/chat
-- Ends a search without a partner.
local function give_up(record)
  local search = search_of(record)
  dequeue(search.scope, search.bucket, record.user .. ':' .. search.bot)
  set_free(record)
end

local function tell_search_ended(user, bot)
  tell(bot, 'SearchEnded', '{"user":' .. user .. '}')
end
