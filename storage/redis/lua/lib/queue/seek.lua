-- include: base chats/chat queue/nearest queue/bucket_cursor
-- Finds the best waiting partner: the people of compatible buckets merged by (score, bucket, member), page by page until a match
-- or the end. Leaves out: oneself, recent partners and the blocked, either way.
local FIRST_PAGE, NEXT_PAGE = 2, 64

local function turn_page(cursor, seeker)
  local size = cursor.page and NEXT_PAGE or FIRST_PAGE
  local page = call('ZRANGE', cursor.key, cursor.from, cursor.from + size - 1, 'WITHSCORES')
  cursor.page, cursor.at, cursor.from, cursor.whole = page, 1, cursor.from + #page / 2, #page < 2 * size
  if #page == 0 then
    return
  end
  local people, keys = {}, {}
  for i = 1, #page, 2 do
    local other = string.match(page[i], '^%d+')
    people[#people + 1] = other
    keys[#keys + 1] = recent_key(seeker, other)
  end
  cursor.people, cursor.met = people, call('MGET', unpack(keys))
  cursor.blocked = call('HMGET', pool .. 'apart:' .. seeker, unpack(people))
end

local function wanted(cursor, seeker)
  if not cursor.page[cursor.at] then
    return false
  end
  local i = (cursor.at + 1) / 2
  local met = cursor.met[i]
  return not cursor.blocked[i] and not (met and tonumber(met) > now) and cursor.people[i] ~= seeker
end

-- Steps over the nearest cursor's person.
local function step(cursors, seeker)
  local cursor = cursors[1]
  cursor.at = cursor.at + 2
  if cursor.at > #cursor.page and not cursor.whole then
    turn_page(cursor, seeker)
  end
  cursor.score = tonumber(cursor.page[cursor.at + 1])
  if not cursor.score then
    table.remove(cursors, 1)
  end
  nearest_first(cursors)
end

-- The nearest cursor stands for an index: its bucket gets a cursor of its own, and the index's goes on to its next bucket. A worker
-- of an older release does not tell the index what it changed: what stands in the queue counts.
local function open_index(cursors, scope, seeker)
  local opened = cursors[1]
  local cursor = bucket_cursor(scope, opened.bucket, opened.index, opened.score)
  turn_page(cursor, seeker)
  cursor.score = tonumber(cursor.page[2])
  opened.place = opened.place + 1
  local next_bucket = call('ZRANGE', opened.narrow, opened.place, opened.place, 'WITHSCORES')
  if next_bucket[1] then
    opened.bucket, opened.score = next_bucket[1], tonumber(next_bucket[2])
  else
    table.remove(cursors, 1)
  end
  if cursor.score then
    table.insert(cursors, 1, cursor)
  end
  nearest_first(cursors)
end

-- The cursor that stands at the one found, or nil.
local function seek(cursors, scope, seeker)
  while cursors[1] do
    local cursor = cursors[1]
    if cursor.narrow then
      open_index(cursors, scope, seeker)
    else
      if not cursor.page then
        turn_page(cursor, seeker)
      end
      if wanted(cursor, seeker) then
        return cursor
      end
      step(cursors, seeker)
    end
  end
end
