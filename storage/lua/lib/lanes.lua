-- A lane is a compatible bucket under way: its page is flat {member, score, member, score, …}, `at` the member looked at; `met`
-- and `apart` say of each person on the page until when they are recent, and who blocked whom. Its table is made with room for
-- all of them: growing is slower.
-- Each side's wishes hold for the other. The flags of gender 0 and band 0 are the 4th and the 7th character of a bucket; a
-- gender or band is a digit, '0' is byte 48 and '1' 49.
local function compatible_lanes(scope, bucket)
  local byte, heads = string.byte, pool .. 'heads:' .. hall_of(scope, bucket)
  local gender_flag, band_flag = byte(bucket, 2) - 44, byte(bucket, 3) - 41
  local flat, lanes = call('ZRANGE', heads, 0, -1, 'WITHSCORES'), {}
  for i = 1, #flat, 2 do
    local other = flat[i]
    if byte(other, gender_flag) == 49 and byte(other, band_flag) == 49
      and byte(bucket, byte(other, 2) - 44) == 49 and byte(bucket, byte(other, 3) - 41) == 49 then
      lanes[#lanes + 1] = {
        bucket = other, heads = heads, key = pool .. 'queue:' .. scope .. ':' .. other, score = tonumber(flat[i + 1]), from = 0,
        page = nil, at = nil, whole = nil, people = nil, met = nil, apart = nil
      }
    end
  end
  return lanes
end
