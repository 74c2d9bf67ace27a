-- include: base append
-- Append events to the streams of their bots, in this order.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… for each event: bot, version, type, JSON
for i = 2, #ARGV, 4 do
  append(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
end
