-- include: base
-- The process that serves `bot` now, nil where none does.
local function owner_of(bot)
  return string.match(call('GET', pool .. 'lease:' .. bot) or '', '^(.*):%d+$')
end

local function serves(bot, owner)
  return owner_of(bot) == owner
end
