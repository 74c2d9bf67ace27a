-- include: event users/status users/expiry queue/dequeue
-- Ends a search without a partner.
local function end_search(record)
  local search = search_of(record)
  dequeue(search.scope, search.bucket, record.user .. ':' .. search.bot)
  set_free(record)
end

local function tell_search_ended(user, bot)
  send_event(bot, 'SearchEnded', '{"user":' .. user .. '}')
end
