-- include: base event users/user users/status users/expiry chats/recent
-- "blocked" is told after a report too: a worker of the release before knows no "reported", and would put the event aside.
local function tell_chat_ended(user, bot, chat, why)
  why = why == 'reported' and 'blocked' or why
  send_event(bot, 'Parted', '{"user":' .. user .. ',"chat":"' .. chat .. '","why":"' .. why .. '"}')
end

-- Ends the chat of the person in `record`. The chat is deleted with its locks, and the partner becomes free and is told.
-- The caller sets the next state of `record`. Returns the bot at which that person chatted.
-- `by`: whose doing it is, 'partner' or 'nobody'; without it, the person's own.
local function leave_chat(record, why, recent_ms, by)
  local chat = chat_of(record)
  local line = call('HGET', pool .. 'chats', chat)
  record.state = nil
  call('HDEL', pool .. 'chats', chat)
  call('ZREM', pool .. 'active', chat)
  local first, first_bot, second, second_bot = string.match(line, '^(%d+):(%d+):(%d+):(%d+):')
  local own_bot, partner, partner_bot = first_bot, second, second_bot
  if record.user == second then
    own_bot, partner, partner_bot = second_bot, first, first_bot
  end
  set_free(load(partner))
  remember_recent(record.user, partner, recent_ms)
  local locks = call('HGET', pool .. 'locks', chat)
  if locks then
    -- include: locks/break_locks
    break_locks(chat, locks, why, by == 'nobody' and 'null' or by == 'partner' and partner or record.user)
  end
  tell_chat_ended(partner, partner_bot, chat, why)
  return own_bot
end
