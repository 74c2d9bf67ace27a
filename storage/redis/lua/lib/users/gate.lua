-- include: base lease users/user
-- Checks who makes a request. `asker` is "<user> <bot> <lease's owner>:<token> <pts>"; pts is "-" for a button, which has none.
-- Returns an answer where nothing is to be decided, else nil and the person's record:
-- - a former owner of the bot is answered 'fenced';
-- - an update whose mark is not newer than the last one is answered with the status, and changes nothing.
-- `record.request_pts` is the pts of this request.
local function gate(asker)
  local user, bot, lease, pts = string.match(asker, '^(%d+) (%d+) (%S+) (%S+)$')
  if not is_lease_of(bot, lease) then
    return 'fenced'
  end
  local record = load(user, bot)
  if pts ~= '-' then
    if record.last_pts and tonumber(pts) <= tonumber(record.last_pts) then
      -- include: users/status
      return status_of(record)
    end
    record.last_pts, record.request_pts = pts, pts
  end
  return nil, record
end
