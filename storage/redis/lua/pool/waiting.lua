-- include: base queue/queue
-- Count who waits in each partition. The cost grows with the number of buckets, not of people.
-- KEYS[1] the pool's tag
-- ARGV    1 time
-- Answers {{"<scope>:<a|m>", people}, …}
local answer = {}
local partitions = call('SMEMBERS', pool .. 'halls')
for i = 1, #partitions do
  local scope, people = string.sub(partitions[i], 1, -3), 0
  local buckets = call('ZRANGE', pool .. 'heads:' .. partitions[i], 0, -1)
  for j = 1, #buckets do
    people = people + call('ZCARD', queue_key(scope, buckets[j]))
  end
  answer[i] = {partitions[i], people}
end
return answer
