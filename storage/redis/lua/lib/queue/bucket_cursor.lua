-- include: base queue/queue
-- A cursor goes through the people of a compatible bucket: its page is flat {member, score, member, score, …}, `at` the member
-- looked at; `met` and `blocked` say of each person on the page until when they are recent, and who blocked whom. Its table is
-- made with room for all of them: growing is slower.
-- Where there are many buckets, a cursor may stand for a whole index of them (lib/queue/many_buckets.lua).
local FEW = 40

local function bucket_cursor(scope, bucket, index, score)
  return {
    bucket = bucket, index = index, key = pool .. 'queue:' .. scope .. ':' .. bucket, score = score, from = 0,
    page = nil, at = nil, whole = nil, people = nil, met = nil, blocked = nil
  }
end

-- The cursors of all buckets whose people `bucket`'s may meet, the one with the nearest head first. Each side's wishes hold for
-- the other. The flags of gender 0 and band 0 are the 4th and the 7th character of a bucket; a gender or band is a digit, '0' is
-- byte 48 and '1' 49.
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
