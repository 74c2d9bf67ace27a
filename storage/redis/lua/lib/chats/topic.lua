-- include: base event
-- Gives both members of a chat one question to talk about (`topic_number` in domain/matching/talk.py). Two questions that follow
-- each other differ, because there are 30 s between them.
-- String {pool}:topic:<chat>: when the chat got its last question, Unix ms; expires.
local TOPIC_MS = 30000

local function give_topic(chat, line)
  call('SET', pool .. 'topic:' .. chat, now_text, 'PX', TOPIC_MS)
  local first, first_bot, second, second_bot, started = string.match(line, '^(%d+):(%d+):(%d+):(%d+):(%d+)$')
  local number = started + math.floor(now / TOPIC_MS)
  local rest = ',"chat":"' .. chat .. '","number":' .. string.format('%.0f', number) .. '}'
  send_event(first_bot, 'Topic', '{"user":' .. first .. rest)
  send_event(second_bot, 'Topic', '{"user":' .. second .. rest)
end
