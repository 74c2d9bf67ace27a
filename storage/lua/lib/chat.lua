-- Chats and the events they make. Hash {pool}:chats: chat → "<first>:<bot>:<second>:<bot>:<started, ms>".
-- Stream {pool}:events:<bot>: v (version), t (type), d (JSON of domain.events), read by storage/event_stream.py.
local function tell(bot, kind, json)
  call('XADD', pool .. 'events:' .. bot, '*', 'v', '1', 't', kind, 'd', json)
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
