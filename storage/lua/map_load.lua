-- include: base
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 chat
-- Answers the chat's message map as maps_keep.lua left it; nil where there is none
return call('GET', pool .. 'map:' .. ARGV[2])
