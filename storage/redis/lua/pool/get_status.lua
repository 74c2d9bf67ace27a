-- include: base users/user users/status
-- Where somebody stands (domain.matching.requests.Look); writes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user
-- Answers where the user stands (`answer` in lib/users/user.lua)
return status_of(load(ARGV[2]))
