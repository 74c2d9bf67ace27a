-- include: base users/gate users/status users/stay queue/end_search
-- Stop waiting (domain.matching.requests.Cancel).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
-- Answers where the user stands (`answer` in lib/users/user.lua)
local known, me = gate(ARGV[2])
if known then
  return known
end
if search_of(me) then
  give_up(me)
end
return stay(me)
