-- Finds the best waiting partner: the heads of compatible lanes merged by (score, bucket, member), page by page until a match or
-- the end. Leaves out: oneself, recent partners and the blocked, either way.
local FIRST_PAGE, NEXT_PAGE = 2, 64

local function turn_page(lane, seeker)
  local size = lane.page and NEXT_PAGE or FIRST_PAGE
  local page = call('ZRANGE', lane.key, lane.from, lane.from + size - 1, 'WITHSCORES')
  lane.page, lane.at, lane.from, lane.whole = page, 1, lane.from + #page / 2, #page < 2 * size
  if #page == 0 then
    return
  end
  local people, keys = {}, {}
  for i = 1, #page, 2 do
    local other = string.match(page[i], '^%d+')
    people[#people + 1] = other
    keys[#keys + 1] = recent_key(seeker, other)
  end
  lane.people, lane.met = people, call('MGET', unpack(keys))
  lane.apart = call('HMGET', pool .. 'apart:' .. seeker, unpack(people))
end

local function wanted(lane, seeker)
  if not lane.page[lane.at] then
    return false
  end
  local i = (lane.at + 1) / 2
  local met = lane.met[i]
  return not lane.apart[i] and not (met and tonumber(met) > now) and lane.people[i] ~= seeker
end

-- Steps over the nearest lane's person, and brings the lane whose next person is the nearest to the front.
local function step(lanes, seeker)
  local lane = lanes[1]
  lane.at = lane.at + 2
  if lane.at > #lane.page and not lane.whole then
    turn_page(lane, seeker)
  end
  lane.score = tonumber(lane.page[lane.at + 1])
  if not lane.score then
    table.remove(lanes, 1)
  end
  for i = 2, #lanes do
    local one, first = lanes[i], lanes[1]
    if one.score < first.score or one.score == first.score and one.bucket < first.bucket then
      lanes[1], lanes[i] = one, first
    end
  end
end

-- The lane that stands at the one found, or nil.
local function seek(lanes, seeker)
  while lanes[1] do
    local lane = lanes[1]
    if not lane.page then
      turn_page(lane, seeker)
    end
    if wanted(lane, seeker) then
      return lane
    end
    step(lanes, seeker)
  end
end
