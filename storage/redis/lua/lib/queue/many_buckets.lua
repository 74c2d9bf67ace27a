-- include: base queue/bucket_index queue/bucket_cursor queue/nearest
-- The cursors of an adult's compatible buckets, at a cost that does not grow with the number of buckets: each wide bucket has
-- one, and each index of narrow buckets that fit. Such a cursor stands at one bucket of its index; once that bucket is the nearest
-- of all, it gets a cursor of its own, and the index's goes on to its next (`open_index` in lib/queue/seek.lua).

local function cursors_of_many(scope, bucket, index)
  local cursors, wide = {}, {}
  local mine = string.sub(bucket, 2, 3)
  for gender = 0, 2 do
    for band = 1, 5 do
      if string.byte(bucket, 4 + gender) == 49 and string.byte(bucket, 7 + band) == 49 then
        local theirs = gender .. '' .. band
        local key = pool .. 'narrow:' .. scope .. ':' .. theirs .. ':' .. mine
        local first = call('ZRANGE', key, 0, 0, 'WITHSCORES')
        if first[1] then
          cursors[#cursors + 1] = {narrow = key, place = 0, bucket = first[1], score = tonumber(first[2]), index = index}
        end
        wide[#wide + 1] = '0' .. theirs .. WIDE
        wide[#wide + 1] = '1' .. theirs .. WIDE
      end
    end
  end
  local scores = call('ZMSCORE', index, unpack(wide))
  for i = 1, #wide do
    if scores[i] then
      cursors[#cursors + 1] = bucket_cursor(scope, wide[i], index, tonumber(scores[i]))
    end
  end
  nearest_first(cursors)
  return cursors
end
