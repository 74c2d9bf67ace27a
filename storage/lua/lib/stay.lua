-- Nothing to change but the mark.
local function stay()
  if pts ~= '-' then
    call('HSET', me.key, bot, pts)
    if not me.at then
      fade(me)
    end
  end
  return standing(me)
end
