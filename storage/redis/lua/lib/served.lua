-- include: base
-- Whether `owner` is the process that serves `bot` now.
local function serves(bot, owner)
  return string.match(call('GET', pool .. 'lease:' .. bot) or '', '^(.*):%d+$') == owner
end
