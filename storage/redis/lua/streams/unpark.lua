-- include: base served
-- Put entries that can be read by now back into the stream, behind what is there.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4… ids of what was put aside
-- Answers how many were put back
local aside, back = pool .. 'parked:' .. ARGV[2], 0
if not serves(ARGV[2], ARGV[3]) then
  return 0
end
for i = 4, #ARGV do
  local entry = call('XRANGE', aside, ARGV[i], ARGV[i])[1]
  if entry then
    call('XADD', pool .. 'events:' .. ARGV[2], '*', unpack(entry[2]))
    back = back + call('XDEL', aside, ARGV[i])
  end
end
return back
