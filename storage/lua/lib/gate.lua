-- Who asks, and may they? ARGV[2] is "<user> <bot> <lease's owner>:<token> <pts or ->".
-- A former owner of the bot is refused; an update that was heard before is answered with the standing, and nothing changes.
local user, bot, lease, pts = string.match(ARGV[2], '^(%d+) (%d+) (%S+) (%S+)$')
if call('GET', pool .. 'lease:' .. bot) ~= lease then
  return 'fenced'
end
local me = load(user, bot)
if pts ~= '-' then
  if me.mark and tonumber(pts) <= tonumber(me.mark) then
    -- include: standing
    return standing(me)
  end
  me.mark = pts
end
