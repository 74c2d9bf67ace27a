-- include: base
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 chat · 3 user
-- Answers the message map that a session left: mine, theirs, mine, theirs, …
return call('HGETALL', pool .. 'map:' .. ARGV[2] .. ':' .. ARGV[3])
