-- include: base
-- Hash {pool}:locks: chat → its locks, "<lock>:<owner>:<owner's bot>:<since>:<until> …" (Unix ms). Those of one owner follow each
-- other in time. A lock is there until its end was told or the chat ends.
-- Zset {pool}:lock_ends: "<chat>:<owner>" → the end of that owner's last lock, Unix ms.
local PERIOD = '([^: ]+):(%d+):(%d+):(%d+):(%d+)'

-- When the owner's last lock ends, Unix ms; 0 where there is none.
local function lock_end(periods, owner)
  local last = 0
  for _, each, _, _, till in string.gmatch(periods, PERIOD) do
    if each == owner then
      last = math.max(last, tonumber(till))
    end
  end
  return last
end
