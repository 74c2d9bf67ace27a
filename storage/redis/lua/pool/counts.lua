-- include: base users/user users/status queue/queue
-- Count who waits and who chats, and find the longest wait (domain.ports.pool.PoolCounts). The cost grows with the number of
-- buckets, not of people.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 head start of priority searches, ms
-- Answers {waiting, chats, longest wait ms, ms since the last sweep; -1 where there was none, queues}; a queue is {scope, gender and
-- age band, waiting, VIPs of them, longest wait ms, and for each gender by each age band how many of them wish such people}
local waiting, longest = 0, 0
local queues, place_of = {}, {}
local GENDERS, BANDS = 3, 6
local first_without_priority = now - ARGV[2] / 2

local function wait_of_first(key, lowest_score)
  local member = call('ZRANGEBYSCORE', key, lowest_score, '+inf', 'LIMIT', 0, 1)[1]
  return member and now - search_of(load(string.match(member, '^%d+'))).since or 0
end

local function note_wishes(queue, bucket, count)
  local byte = string.byte
  for gender = 0, GENDERS - 1 do
    if byte(bucket, 4 + gender) == 49 then
      for band = 0, BANDS - 1 do
        if byte(bucket, 7 + band) == 49 then
          local at = 6 + gender * BANDS + band
          queue[at] = queue[at] + count
        end
      end
    end
  end
end

local function note(scope, bucket, count, wait)
  local group = string.sub(bucket, 2, 3)
  local name = scope .. ':' .. group
  if not place_of[name] then
    local queue = {scope, group, 0, 0, 0}
    for at = 6, 5 + GENDERS * BANDS do
      queue[at] = 0
    end
    queues[#queues + 1] = queue
    place_of[name] = #queues
  end
  local queue = queues[place_of[name]]
  note_wishes(queue, bucket, count)
  queue[3] = queue[3] + count
  queue[4] = queue[4] + (string.sub(bucket, 1, 1) == '1' and count or 0)
  queue[5] = math.max(queue[5], wait)
end

local partitions = call('SMEMBERS', pool .. 'halls')
for i = 1, #partitions do
  local scope = string.sub(partitions[i], 1, -3)
  local buckets = call('ZRANGE', pool .. 'heads:' .. partitions[i], 0, -1)
  for j = 1, #buckets do
    local key = queue_key(scope, buckets[j])
    local count = call('ZCARD', key)
    local wait = math.max(wait_of_first(key, '-inf'), wait_of_first(key, first_without_priority))
    waiting, longest = waiting + count, math.max(longest, wait)
    if count > 0 then
      note(scope, buckets[j], count, wait)
    end
  end
end
local swept = call('GET', pool .. 'swept')
return {waiting, call('HLEN', pool .. 'chats'), longest, swept and math.max(0, now - swept) or -1, queues}
