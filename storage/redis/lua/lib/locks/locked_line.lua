-- include: base locks/periods
-- The chat's line with ":<until, Unix ms>" behind it where the partner's lock keeps the person in, else as it is. `periods` are the
-- chat's locks.
local function locked_line(record, line, periods)
  local first, second = string.match(line, '^(%d+):%d+:(%d+):')
  local till = lock_end(periods, record.user == first and second or first)
  return till > now and line .. ':' .. string.format('%.0f', till) or line
end
