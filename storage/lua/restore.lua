-- include: base user status free chat part queue dequeue put_back
-- Put live chats back after the server lost its memory (domain.ports.Pool.restore), a part of them at a time. One process
-- does it; whoever comes with an older list while or after it is refused. Where a member stands elsewhere by now, the chat is
-- lost and both are told.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 name of this restoration · 3 "1" with the last part · 4… chat, "<first>:<bot>:<second>:<bot>:<started>", …
-- Answers how many were put back, or -1 where the pool is intact or somebody else restores it
local HOLD = 30000
local restoring = pool .. 'restoring'
local holder = call('GET', restoring)
if call('EXISTS', pool .. 'generation') == 1 or holder and holder ~= ARGV[2] then
  return -1
end
call('SET', restoring, ARGV[2], 'PX', HOLD)

local function stands_anywhere(record)
  return record.at
end

local restored = 0
for i = 4, #ARGV, 2 do
  restored = restored + put_back(ARGV[i], ARGV[i + 1], stands_anywhere)
end
if ARGV[3] == '1' then
  call('SET', pool .. 'generation', now)
  call('DEL', restoring)
end
return restored
