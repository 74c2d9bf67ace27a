-- include: base users/user
-- Who asks, and may they? `asker` is "<user> <bot> <lease's owner>:<token> <pts or ->".
-- Returns an answer, where there is nothing to decide, and their record, with what was asked for by (`asked_pts`, nil for a press).
-- A former owner of the bot is refused; an update that was heard before is answered with the status, and nothing changes.
local function gate(asker)
  local user, bot, lease, pts = string.match(asker, '^(%d+) (%d+) (%S+) (%S+)$')
  if call('GET', pool .. 'lease:' .. bot) ~= lease then
    return 'fenced'
  end
  local me = load(user, bot)
  if pts ~= '-' then
    if me.last_pts and tonumber(pts) <= tonumber(me.last_pts) then
      -- include: users/status
      return status_of(me)
    end
    me.last_pts, me.asked_pts = pts, pts
  end
  return nil, me
end
