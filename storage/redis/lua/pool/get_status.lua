-- include: base users/user users/status
-- Tell a person's state (domain.matching.requests.GetStatus). Writes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user
-- Answers where the user stands (`answer` in lib/users/user.lua)
return status_of(load(ARGV[2]))
