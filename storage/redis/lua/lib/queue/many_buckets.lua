-- include: base queue/bucket_index queue/bucket_cursor queue/nearest
-- The cursors of an adult's compatible buckets, at a cost that does not grow with the number of buckets. Each wide bucket has a
-- cursor. Each narrow index that fits has one too: it stands at one bucket of the index. When that bucket is the nearest of all, it
-- gets a cursor of its own and the index's cursor goes on to the next bucket (`open_index` in lib/queue/seek.lua).

local function cursors_of_many(scope, bucket, index)
  local cursors, wide = {}, {}
  local own = string.sub(bucket, 2, 3)
  for gender = 0, 2 do
    for band = 1, 5 do
      if string.byte(bucket, 4 + gender) == 49 and string.byte(bucket, 7 + band) == 49 then
        local other = gender .. '' .. band
        local key = pool .. 'narrow:' .. scope .. ':' .. other .. ':' .. own
        local first = call('ZRANGE', key, 0, 0, 'WITHSCORES')
        if first[1] then
          cursors[#cursors + 1] = {narrow = key, place = 0, bucket = first[1], score = tonumber(first[2]), index = index}
        end
        wide[#wide + 1] = '0' .. other .. WIDE
        wide[#wide + 1] = '1' .. other .. WIDE
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
