-- include: base users/user users/status users/free chats/chat chats/part queue/end_search news
-- Ban somebody until a time, or lift it (domain.ports.pool.Pool.ban). Ends their search or chat; both sides are told, and every process.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 until, Unix ms or "inf"; a time gone by lifts the ban · 4 recent partners ms
local record, recent = load(ARGV[2]), ARGV[4]

record.ban = tonumber(ARGV[3])
if banned(record) then
  call('HSET', record.key, 'ban', ARGV[3])
else
  call('HDEL', record.key, 'ban')
end
local function tell_expelled(bot, where)
  local till = record.ban == math.huge and 'null' or record.ban / 1000
  tell(bot, 'Expelled', '{"user":' .. record.user .. ',"until":' .. till .. where .. '}')
end

local chat, search = chat_of(record), search_of(record)
if chat and banned(record) then
  local bot = part(record, 'banned', recent)
  set_free(record)
  tell_expelled(bot, ',"chat":"' .. chat .. '"')
elseif search and banned(record) then
  give_up(record)
  tell_expelled(search.bot, '')
elseif not record.at then
  fade(record)
end
tell_all(record.user)
