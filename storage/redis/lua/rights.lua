-- Check which commands our user may not run on the pool's keys. lib/base.lua is not included: it runs TIME, which may be denied too.
-- KEYS[1] the pool's tag
-- ARGV    commands with valid arguments, separated by spaces; "key" stands for a key of the pool
-- Answers the commands that are denied; nil where the server cannot tell (before Redis 7)
if not redis.acl_check_cmd then
  return nil
end
local denied = {}
for i = 1, #ARGV do
  local words = {}
  for word in string.gmatch(ARGV[i], '%S+') do
    words[#words + 1] = word == 'key' and KEYS[1] .. ':never' or word
  end
  if not redis.acl_check_cmd(unpack(words)) then
    denied[#denied + 1] = ARGV[i]
  end
end
return denied
