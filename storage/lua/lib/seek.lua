-- Finds the best waiting partner: compatible buckets only, their heads merged by (score, bucket, member), page by page until a
-- match or the end. Leaves out: oneself, recent partners and the blocked, either way.
local FIRST_PAGE, NEXT_PAGE = 2, 64

-- A lane is a bucket under way: its page is flat {member, score, member, score, …}, `at` the member looked at; `met` and
-- `apart` say of each person on the page until when they are recent, and who blocked whom.
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

-- Each side's wishes hold for the other. The flags of gender 0 and band 0 are the 4th and the 7th character of a bucket; a
-- gender or band is a digit, '0' is byte 48 and '1' 49.
local function compatible_lanes(heads, scope, bucket)
  local byte = string.byte
  local gender_flag, band_flag = byte(bucket, 2) - 44, byte(bucket, 3) - 41
  local flat, lanes = call('ZRANGE', heads, 0, -1, 'WITHSCORES'), {}
  for i = 1, #flat, 2 do
    local other = flat[i]
    if byte(other, gender_flag) == 49 and byte(other, band_flag) == 49
      and byte(bucket, byte(other, 2) - 44) == 49 and byte(bucket, byte(other, 3) - 41) == 49 then
      lanes[#lanes + 1] = {
        bucket = other, heads = heads, key = pool .. 'queue:' .. scope .. ':' .. other, score = tonumber(flat[i + 1]), from = 0
      }
    end
  end
  return lanes
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
local function seek(seeker, scope, bucket)
  local lanes = compatible_lanes(pool .. 'heads:' .. hall_of(scope, bucket), scope, bucket)
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
