-- include: base
-- Note that something was said in these chats (domain.ports.pool.Pool.touch).
-- Zset {pool}:active: chat → when something was said last, Unix ms.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… chats
-- Answers nothing
for i = 2, #ARGV do
  if call('HEXISTS', pool .. 'chats', ARGV[i]) == 1 then
    call('ZADD', pool .. 'active', now, ARGV[i])
  end
end
