-- include: base event users/user chats/recent
-- Begins a chat of the person in `record`, who is first, and another one, whose own record the caller writes. Writes the person's
-- record, the chat, the recent partners and both events. `more`: further fields of the events, as JSON.
-- Hash {pool}:chats: chat → "<first>:<bot>:<second>:<bot>:<started, Unix ms>".
local function begin_chat(record, bot, other, other_bot, chat, recent_ms, more)
  local line = record.user .. ':' .. bot .. ':' .. other .. ':' .. other_bot .. ':' .. now_text
  call('HSET', pool .. 'chats', chat, line)
  call('ZADD', pool .. 'active', now_text, chat)
  set_state(record, 'c:' .. chat)
  remember_recent(record.user, other, recent_ms)
  local json = ',"chat":{"id":"' .. chat .. '","first":{"bot":' .. bot .. ',"user":' .. record.user .. '},"second":{"bot":'
    .. other_bot .. ',"user":' .. other .. '},"started":' .. now_text .. 'e-3}' .. more .. '}'
  send_event(bot, 'Matched', '{"user":' .. record.user .. json)
  send_event(other_bot, 'Matched', '{"user":' .. other .. json)
  return answer(record, 'paired', '1', chat, line)
end
