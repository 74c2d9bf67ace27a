-- include: base users/status users/expiry
-- Answers with the status. Writes nothing but the mark of the request.
local function unchanged(record)
  if record.request_pts then
    call('HSET', record.key, record.bot, record.request_pts)
    if not record.state then
      set_expiry(record)
    end
  end
  return status_of(record)
end
