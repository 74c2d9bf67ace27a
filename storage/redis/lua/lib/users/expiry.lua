-- include: base users/user
-- The record of a free person has only marks and a ban. It expires once neither can matter any more.
local MARKS_KEPT = 7 * 24 * 3600

local function set_expiry(record)
  local seconds = MARKS_KEPT
  if banned(record) then
    if record.ban == math.huge then
      return call('PERSIST', record.key)
    end
    seconds = math.max(seconds, math.ceil((record.ban - now) / 1000))
  end
  call('EXPIRE', record.key, seconds)
end

local function set_free(record)
  record.state = nil
  call('HDEL', record.key, 'at')
  set_expiry(record)
end
