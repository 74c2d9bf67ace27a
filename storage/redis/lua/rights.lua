-- What our user is not allowed on the pool's keys. Without base.lua: that user may not be allowed TIME.
-- KEYS[1] the pool's tag
-- ARGV    commands in a valid form, in words; "key" stands for a key of the pool
-- Answers those that are denied; nil where the server cannot tell (before Redis 7)
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
