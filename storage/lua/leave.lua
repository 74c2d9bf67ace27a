-- include: base user gate chat part
-- End a chat (domain.pool.Leave). Idempotent: a chat that is not this user's current one changes nothing.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 bot · 4 lease · 5 pts · 6 chat · 7 why (domain.values.ChatEnd) · 8 recent partners ms
-- Answers standing (lib/user.lua)
if chat_of(me) == ARGV[6] then
  part(me, ARGV[7], tonumber(ARGV[8]))
  set_free(me)
end
return stay()
