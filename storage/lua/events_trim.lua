-- include: base
-- Throw away what nobody came for. Acknowledged entries are gone already, so all that this removes was never done.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 keep at most · 4 keep for ms
-- Answers how many were thrown away
local key = pool .. 'events:' .. ARGV[2]
local old = call('XTRIM', key, 'MINID', string.format('%d-0', math.max(now - ARGV[4], 0)))
return old + call('XTRIM', key, 'MAXLEN', ARGV[3])
