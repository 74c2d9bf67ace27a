-- include: base chats/recent queue/nearest queue/bucket_cursor
-- Finds the best waiting partner: merges the people of compatible buckets by (score, bucket, member), page by page. Skips the
-- seeker, recent partners, and whoever blocked or was blocked by the seeker.
local FIRST_PAGE, NEXT_PAGE = 2, 64

local function turn_page(cursor, seeker)
  local size = cursor.page and NEXT_PAGE or FIRST_PAGE
  local page = call('ZRANGE', cursor.key, cursor.from, cursor.from + size - 1, 'WITHSCORES')
  cursor.page, cursor.at, cursor.from, cursor.complete = page, 1, cursor.from + #page / 2, #page < 2 * size
  if #page == 0 then
    return
  end
  local people, keys = {}, {}
  for i = 1, #page, 2 do
    local other = string.match(page[i], '^%d+')
    people[#people + 1] = other
    keys[#keys + 1] = recent_key(seeker, other)
  end
  cursor.people, cursor.recent = people, call('MGET', unpack(keys))
  cursor.blocked = call('HMGET', pool .. 'apart:' .. seeker, unpack(people))
end

local function may_meet(cursor, seeker)
  if not cursor.page[cursor.at] then
    return false
  end
  local i = (cursor.at + 1) / 2
  local recent = cursor.recent[i]
  return not cursor.blocked[i] and not (recent and tonumber(recent) > now) and cursor.people[i] ~= seeker
end

-- Moves the nearest cursor to its next person. A cursor without one is dropped.
local function step(cursors, seeker)
  local cursor = cursors[1]
  cursor.at = cursor.at + 2
  if cursor.at > #cursor.page and not cursor.complete then
    turn_page(cursor, seeker)
  end
  cursor.score = tonumber(cursor.page[cursor.at + 1])
  if not cursor.score then
    table.remove(cursors, 1)
  end
  nearest_first(cursors)
end

-- The nearest cursor stands for an index. Its bucket gets a cursor of its own, and the index's cursor goes on to the next bucket.
-- The bucket may be empty: a worker of an older release does not update the index.
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

-- Returns the cursor that stands at the person found, or nil.
local function seek(cursors, scope, seeker)
  while cursors[1] do
    local cursor = cursors[1]
    if cursor.narrow then
      open_index(cursors, scope, seeker)
    else
      if not cursor.page then
        turn_page(cursor, seeker)
      end
      if may_meet(cursor, seeker) then
        return cursor
      end
      step(cursors, seeker)
    end
  end
end
