-- include: base news
-- Tell every process of something: that a person's profile is another now, or that the configuration is.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 type · 3 its fields as JSON
return publish(ARGV[2], ARGV[3])
