-- include: base users/user users/free
-- Put bans back that the records know. Nobody is told: no profile changed.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… user, until (Unix ms or "inf"), …
-- Answers those who are in a search or a chat in spite of a ban that the pool did not know; that is left to ban.lua
local active = {}
for i = 2, #ARGV, 2 do
  local record = load(ARGV[i])
  local before = banned(record)
  record.ban = tonumber(ARGV[i + 1])
  if not record.at then
    call('HSET', record.key, 'ban', ARGV[i + 1])
    fade(record)
  elseif not before then
    active[#active + 1] = record.user
  end
end
return active
