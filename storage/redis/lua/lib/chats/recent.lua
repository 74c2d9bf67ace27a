-- include: base
-- Recent partners, who must not meet again for a while.
-- String {pool}:recent:<lesser>:<greater>: until when (Unix ms). One key holds for both directions.
local function recent_key(one, other)
  if one < other then
    return pool .. 'recent:' .. one .. ':' .. other
  end
  return pool .. 'recent:' .. other .. ':' .. one
end

local function remember_recent(one, other, recent_ms)
  if tonumber(recent_ms) > 0 then
    call('SET', recent_key(one, other), now + recent_ms, 'PX', recent_ms)
  end
end
