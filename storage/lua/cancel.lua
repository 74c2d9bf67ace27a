-- include: base user gate queue
-- Stop waiting (domain.pool.Cancel).
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 user · 3 bot · 4 lease · 5 pts
-- Answers standing (lib/user.lua)
if search_of(me) then
  give_up(me)
end
return stay()
