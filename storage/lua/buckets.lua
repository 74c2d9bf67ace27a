-- include: base
-- Which buckets there are; halls that emptied are forgotten.
-- KEYS[1] the pool's tag
-- ARGV    1 time
-- Answers {{"<scope>:<a|m>", {bucket, …}}, …}
local answer = {}
local halls = call('SMEMBERS', pool .. 'halls')
for i = 1, #halls do
  local buckets = call('ZRANGE', pool .. 'heads:' .. halls[i], 0, -1)
  if #buckets == 0 then
    call('SREM', pool .. 'halls', halls[i])
  else
    answer[#answer + 1] = {halls[i], buckets}
  end
end
return answer
