-- include: base
-- Whether `lease`, "<owner>:<token>", is the lease of `bot` now.
local function is_lease_of(bot, lease)
  return call('GET', pool .. 'lease:' .. bot) == lease
end
