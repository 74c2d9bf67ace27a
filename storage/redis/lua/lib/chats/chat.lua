-- include: base version append
-- Chats and the events they make. Hash {pool}:chats: chat → "<first>:<bot>:<second>:<bot>:<started, ms>".
local function tell(bot, kind, json)
  append(bot, VERSION, kind, json)
end

-- One key for both directions: {pool}:recent:<lesser>:<greater>, holding until when (ms) the two must not meet.
local function recent_key(one, other)
  if one < other then
    return pool .. 'recent:' .. one .. ':' .. other
  end
  return pool .. 'recent:' .. other .. ':' .. one
end

local function remember(one, other, milliseconds)
  if tonumber(milliseconds) > 0 then
    call('SET', recent_key(one, other), now + milliseconds, 'PX', milliseconds)
  end
end
