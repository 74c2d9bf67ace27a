-- include: base news
-- Tell every process that a profile or the configuration has changed.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 type · 3 its fields as JSON
-- Answers the id of the entry, by which a process knows its own news
return publish(ARGV[2], ARGV[3])
