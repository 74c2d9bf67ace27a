-- include: base users/gate users/status users/unchanged queue/end_search
-- End the asker's search (domain.matching.requests.Cancel).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
-- Answers where the user stands (`answer` in lib/users/user.lua)
local known, asker = gate(ARGV[2])
if known then
  return known
end
if search_of(asker) then
  end_search(asker)
end
return unchanged(asker)
