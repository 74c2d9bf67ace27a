-- include: base event users/gate users/status users/unchanged locks/set_lock
-- Lock the asker's chat (domain.matching.locks.LockChat). A lock that was decided before gets the same answer, and nothing changes.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua) · 3 "<lock> <chat> <for how long, ms> <the longest that may stand, ms>"
-- Answers "locked <extended> <since, Unix ms> <until, Unix ms> …" or "not_locked 0 <domain.matching.locks.Refusal> - …", with the
--         marks (`answer` in lib/users/user.lua); or as lib/users/gate.lua
local lock, chat, ms, longest_ms = string.match(ARGV[3], '^(%S+) (%S+) (%d+) (%d+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end
unchanged(asker)

local function decide()
  if chat_of(asker) ~= chat then
    return refuse_lock(lock, 'over')
  end
  local periods = call('HGET', pool .. 'locks', chat) or ''
  local before = lock_end(periods, asker.user)
  local since = math.max(now, before)
  local till = since + ms
  if till > now + longest_ms then
    return refuse_lock(lock, 'too_long')
  end
  local first, first_bot, second, second_bot = string.match(call('HGET', pool .. 'chats', chat), '^(%d+):(%d+):(%d+):(%d+):')
  local bot = asker.user == first and first_bot or second_bot
  local extended = before > now
  local outcome = set_lock(lock, chat, periods, asker.user, bot, since, till, extended and '1' or '0')
  local json = ',"chat":"' .. chat .. '","lock":"' .. lock .. '","owner":' .. asker.user .. ',"until":'
    .. string.format('%.0f', till) .. 'e-3,"extended":' .. tostring(extended) .. '}'
  send_event(first_bot, 'Locked', '{"user":' .. first .. json)
  send_event(second_bot, 'Locked', '{"user":' .. second .. json)
  return outcome
end

local outcome = outcome_of(lock) or decide()
local refusal = string.match(outcome, '^no:(.*)$')
if refusal then
  return answer(asker, 'not_locked', '0', refusal, '-')
end
local since, till, extended = string.match(outcome, ':(%d+):(%d+):(%d)$')
return answer(asker, 'locked', extended, since, till)
