-- include: base chat
-- Append events to the streams of their bots, in this order.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2… for each event: bot, type, JSON
for i = 2, #ARGV, 3 do
  tell(ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
