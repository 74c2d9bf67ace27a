-- include: base
-- Write a note of the rules against spam, unless it has changed since it was read (storage/redis/notes.py). String {pool}:spam:<kind>:<subject>.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 kind:subject · 3 the value that was read (empty: none) · 4 the new value · 5 keep for ms
-- Answers 1 where it was written, 0 where it has another value
local key = pool .. 'spam:' .. ARGV[2]
if (call('GET', key) or '') ~= ARGV[3] then
  return 0
end
call('SET', key, ARGV[4], 'PX', ARGV[5])
return 1
