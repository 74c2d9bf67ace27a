-- include: base
-- Which buckets there are.
-- KEYS[1] the pool's tag
-- ARGV    1 time
-- Answers {{"<scope>:<a|m>", {bucket, …}}, …}
local answer = {}
local halls = call('SMEMBERS', pool .. 'halls')
for i = 1, #halls do
  answer[i] = {halls[i], call('ZRANGE', pool .. 'heads:' .. halls[i], 0, -1)}
end
return answer
