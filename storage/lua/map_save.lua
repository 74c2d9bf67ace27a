-- include: base
-- Keep a sleeping session's message map (domain.ports.MessageMaps) in place of what was there.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 chat · 3 user · 4 keep for ms · 5… mine, theirs, mine, theirs, …
local key = pool .. 'map:' .. ARGV[2] .. ':' .. ARGV[3]
call('DEL', key)
for i = 5, #ARGV, 2 do
  call('HSET', key, ARGV[i], ARGV[i + 1])
end
if #ARGV > 4 then
  call('PEXPIRE', key, ARGV[4])
end
