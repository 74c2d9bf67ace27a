-- include: base user standing
-- Where somebody stands (domain.pool.Look); writes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user
-- Answers where the user stands (`answer` in lib/user.lua)
return standing(load(ARGV[2]))
