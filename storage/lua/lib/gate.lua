-- Who asks, and may they? ARGV[2] user, ARGV[3] bot, ARGV[4] the lease as "<owner>:<token>", ARGV[5] pts or empty.
-- A former owner of the bot is refused; an update that was heard before is answered with the standing, and nothing changes.
local user, bot, pts = ARGV[2], ARGV[3], ARGV[5]
if call('GET', pool .. 'lease:' .. bot) ~= ARGV[4] then
  return {'fenced'}
end
local me = load(user)

local function heard_before()
  local marks = me.marks
  for i = 1, #marks, 2 do
    if marks[i] == bot then
      if tonumber(pts) <= tonumber(marks[i + 1]) then
        return true
      end
      marks[i + 1] = pts
      return false
    end
  end
  marks[#marks + 1] = bot
  marks[#marks + 1] = pts
  return false
end

if pts ~= '' and heard_before() then
  return standing(me)
end

-- Nothing to change but the mark.
local function stay()
  if pts ~= '' then
    call('HSET', me.key, bot, pts)
    if not me.at then
      fade(me)
    end
  end
  return standing(me)
end
