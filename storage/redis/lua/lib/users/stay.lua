-- include: base users/status users/free
-- Nothing to change but the place of the update that asked.
local function stay(me)
  if me.asked_pts then
    call('HSET', me.key, me.bot, me.asked_pts)
    if not me.at then
      fade(me)
    end
  end
  return status_of(me)
end
