-- include: base users/gate users/status users/expiry users/unchanged users/apart
-- Lift the asker's block of a person (domain.matching.requests.LiftBlock).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua) · 3 who was blocked
-- Answers where the user stands (`answer` in lib/users/user.lua)
local known, asker = gate(ARGV[2])
if known then
  return known
end
set_block(asker.user, ARGV[3], false)
return unchanged(asker)
