-- include: base news
-- Tell every process that a person's profile is another now.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user
return tell_all(ARGV[2])
