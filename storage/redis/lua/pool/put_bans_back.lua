-- include: base users/user users/expiry
-- Put bans back that the records know. Nobody is told, because no profile changed.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… user, until (Unix ms or "inf"), …
-- Answers the users who search or chat in spite of a ban that the pool did not know. Their bans are not written: the caller bans
-- them by pool/ban.lua, which ends the search or chat.
local active = {}
for i = 2, #ARGV, 2 do
  local record = load(ARGV[i])
  local before = banned(record)
  record.ban = tonumber(ARGV[i + 1])
  if not record.state then
    call('HSET', record.key, 'ban', ARGV[i + 1])
    set_expiry(record)
  elseif not before then
    active[#active + 1] = record.user
  end
end
return active
