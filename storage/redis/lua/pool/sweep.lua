-- include: base users/user queue/dequeue queue/bucket_cursor queue/seek chats/pair
-- Pair people of one bucket who may meet somebody by now: they are no longer recent partners, or a block was lifted.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 scope · 3 bucket · 4 score to go on from, or "-inf" · 5 how many of that score were looked at before
--         6 look at that many at most · 7 recent partners ms · 8… ids of the chats that this may make; no more pairs than ids
-- Answers {pairs made, people looked at, score to go on from, how many of that score were looked at, "1" where the bucket goes on}
local scope, bucket, limit, recent_ms = ARGV[2], ARGV[3], tonumber(ARGV[6]), ARGV[7]
local key, most_pairs = queue_key(scope, bucket), #ARGV - 7
local page = call('ZRANGEBYSCORE', key, ARGV[4], '+inf', 'WITHSCORES', 'LIMIT', ARGV[5], limit)
local made, looked, score, seen_of_score = 0, 0, ARGV[4], tonumber(ARGV[5])
local taken = {}

local function match(member)
  local user, bot = string.match(member, '^(%d+):(%d+)$')
  local found = seek(compatible_cursors(scope, bucket), scope, user)
  if found then
    pair(load(user), bot, found, scope, ARGV[8 + made], recent_ms)
    dequeue(scope, bucket, member)
    taken[found.page[found.at]] = true
    made = made + 1
  end
  return found
end

for i = 1, #page, 2 do
  if made == most_pairs then
    break
  end
  looked = looked + 1
  if page[i + 1] ~= score then
    score, seen_of_score = page[i + 1], 0
  end
  if not taken[page[i]] and not match(page[i]) then
    seen_of_score = seen_of_score + 1
  end
end
local more = looked * 2 < #page or looked == limit
return {made, looked, score, seen_of_score, more and '1' or ''}
