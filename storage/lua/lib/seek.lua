-- Finds the best waiting partner: compatible buckets only, their heads merged by (score, bucket, member), page by page until a
-- match or the end. Leaves out: oneself, recent partners and the blocked, either way.
local FIRST_PAGE, NEXT_PAGE = 4, 64

-- Each side's wishes hold for the other. The flags of gender 0 and band 0 are the 4th and the 7th character; '0' is byte 48.
local function mutual(mine, theirs)
  local byte = string.byte
  return byte(mine, byte(theirs, 2) - 44) == WISHED
    and byte(theirs, byte(mine, 2) - 44) == WISHED
    and byte(mine, byte(theirs, 3) - 41) == WISHED
    and byte(theirs, byte(mine, 3) - 41) == WISHED
end

local function read_page(lane, size)
  local flat = call('ZRANGE', lane.key, lane.from, lane.from + size - 1, 'WITHSCORES')
  local page, people = {}, {}
  for i = 1, #flat, 2 do
    local other = string.match(flat[i], '^%d+')
    people[#people + 1] = other
    page[#page + 1] = {user = other, member = flat[i], score = tonumber(flat[i + 1])}
  end
  lane.page, lane.people, lane.from, lane.at, lane.whole = page, people, lane.from + #page, 1, #page < size
end

-- Marks those of a page whom `seeker` must not meet.
local function mark_unwanted(lane, seeker)
  local people, keys = lane.people, {}
  for i = 1, #people do
    keys[i] = recent_key(seeker, people[i])
  end
  local recents = call('MGET', unpack(keys))
  local apart = call('HMGET', pool .. 'apart:' .. seeker, unpack(people))
  for i = 1, #people do
    lane.page[i].unwanted = people[i] == seeker or apart[i] or (recents[i] and tonumber(recents[i]) > now)
  end
end

local function turn_page(lane, seeker, size)
  read_page(lane, size)
  if #lane.page > 0 then
    mark_unwanted(lane, seeker)
  end
end

local function compatible_lanes(scope, bucket)
  local heads = call('ZRANGE', pool .. 'heads:' .. hall_of(scope, bucket), 0, -1, 'WITHSCORES')
  local lanes = {}
  for i = 1, #heads, 2 do
    if mutual(bucket, heads[i]) then
      local key = queue_key(scope, heads[i])
      lanes[#lanes + 1] = {bucket = heads[i], key = key, score = tonumber(heads[i + 1]), from = 0}
    end
  end
  return lanes
end

local function first_lane(lanes)
  local best = 1
  for i = 2, #lanes do
    local lane, least = lanes[i], lanes[best]
    if lane.score < least.score or (lane.score == least.score and lane.bucket < least.bucket) then
      best = i
    end
  end
  return best
end

-- The one found, {user, member, score, bucket, lane}, or nil.
local function seek(seeker, scope, bucket)
  local lanes = compatible_lanes(scope, bucket)
  while #lanes > 0 do
    local nearest = first_lane(lanes)
    local lane = lanes[nearest]
    if not lane.page then
      turn_page(lane, seeker, FIRST_PAGE)
    end
    local candidate = lane.page[lane.at]
    if candidate and not candidate.unwanted then
      candidate.bucket, candidate.lane = lane.bucket, lane
      return candidate
    end
    lane.at = lane.at + 1
    if lane.at > #lane.page and not lane.whole then
      turn_page(lane, seeker, NEXT_PAGE)
    end
    if lane.page[lane.at] then
      lane.score = lane.page[lane.at].score
    else
      table.remove(lanes, nearest)
    end
  end
end

-- Takes a candidate out of the queue; most often the head, and the page already tells who comes next.
local function take(candidate, scope)
  local lane = candidate.lane
  local head, second = lane.page[1], lane.page[2]
  if candidate == head and lane.from == #lane.page and (second or lane.whole) then
    call('ZREM', lane.key, candidate.member)
    set_head(hall_of(scope, candidate.bucket), candidate.bucket, second and second.score)
  else
    dequeue(scope, candidate.bucket, candidate.member)
  end
end
