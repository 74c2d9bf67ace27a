-- include: base
-- Note that a sweep of the queue has come to its end.
-- KEYS[1] the pool's tag
-- ARGV    1 time
-- Answers nothing
call('SET', pool .. 'swept', now_text)
