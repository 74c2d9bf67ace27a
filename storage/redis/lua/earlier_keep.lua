-- include: base
-- Keep what an edited message said before (storage/redis/earlier_forms.py). Stream {pool}:earlier:<chat>; fields: m (the recipient and
-- the recipient's number of the message), k (id of the key), s (the sealed text). It expires with the chat's message map.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 chat · 3 entries of use · 4 keep for ms · 5 m · 6 k · 7 s
-- Answers nothing
local key = pool .. 'earlier:' .. ARGV[2]
call('XADD', key, '*', 'm', ARGV[5], 'k', ARGV[6], 's', ARGV[7])
call('XTRIM', key, 'MAXLEN', ARGV[3])
call('PEXPIRE', key, ARGV[4])
