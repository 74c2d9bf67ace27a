-- include: base queue/queue
-- A cursor goes through the people of one bucket, page by page.
--   page      flat: {member, score, member, score, …}
--   at        position of the current member on the page
--   from      how many people of the bucket were read
--   score     that of the current member
--   complete  true once the bucket's last person was read
--   people, recent, blocked   for each person of the page: user id, until when they are a recent partner, who blocked whom
-- The table is made with all fields at once, because growing it is slower.
-- Where there are many buckets, a cursor may stand for a whole index of them (lib/queue/many_buckets.lua).
local FEW = 40

local function bucket_cursor(scope, bucket, index, score)
  return {
    bucket = bucket, index = index, key = pool .. 'queue:' .. scope .. ':' .. bucket, score = score, from = 0,
    page = nil, at = nil, complete = nil, people = nil, recent = nil, blocked = nil
  }
end

-- Cursors for all buckets whose people the people of `bucket` may meet, the one with the lowest score first. The wishes of both
-- sides count.
-- In a bucket, the flag of gender 0 is character 4 and the flag of band 0 is character 7. '0' is byte 48, '1' is byte 49.
local function compatible_cursors(scope, bucket)
  local byte, index = string.byte, index_key(scope, bucket)
  local flat, cursors = call('ZRANGE', index, 0, FEW - 1, 'WITHSCORES'), {}
  if #flat == 2 * FEW then
    -- include: queue/many_buckets
    return cursors_of_many(scope, bucket, index)
  end
  local gender_flag, band_flag = byte(bucket, 2) - 44, byte(bucket, 3) - 41
  for i = 1, #flat, 2 do
    local other = flat[i]
    if byte(other, gender_flag) == 49 and byte(other, band_flag) == 49
      and byte(bucket, byte(other, 2) - 44) == 49 and byte(bucket, byte(other, 3) - 41) == 49 then
      cursors[#cursors + 1] = bucket_cursor(scope, other, index, tonumber(flat[i + 1]))
    end
  end
  return cursors
end
