-- include: base users/user users/status users/expiry chats/leave_chat queue/end_search news
-- Ban a person until a time, or lift the ban (domain.ports.pool.Pool.ban). A ban ends their search or chat; those concerned are
-- told. All processes hear that the profile changed.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 until, Unix ms or "inf"; a time in the past lifts the ban · 4 recent partners ms
-- Answers nothing
local record, recent_ms = load(ARGV[2]), ARGV[4]

record.ban = tonumber(ARGV[3])
if banned(record) then
  call('HSET', record.key, 'ban', ARGV[3])
else
  call('HDEL', record.key, 'ban')
end
local function tell_expelled(bot, chat_field)
  local till = record.ban == math.huge and 'null' or record.ban / 1000
  send_event(bot, 'Expelled', '{"user":' .. record.user .. ',"until":' .. till .. chat_field .. '}')
end

local chat, search = chat_of(record), search_of(record)
if chat and banned(record) then
  local bot = leave_chat(record, 'banned', recent_ms)
  set_free(record)
  tell_expelled(bot, ',"chat":"' .. chat .. '"')
elseif search and banned(record) then
  end_search(record)
  tell_expelled(search.bot, '')
elseif not record.state then
  set_expiry(record)
end
announce_profile(record.user)
