-- include: users/user base
-- A free person's record holds only marks and a ban: it fades once neither can matter.
local MARKS_KEPT = 7 * 24 * 3600

local function fade(record)
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
  record.at = nil
  call('HDEL', record.key, 'at')
  fade(record)
end
