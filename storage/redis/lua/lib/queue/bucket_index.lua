-- include: base queue/queue
-- The indexes of buckets. Each bucket has the score of its head, which is the person who is served first.
--   zset {pool}:heads:<partition>               all buckets of a partition
--   zset {pool}:narrow:<scope>:<own>:<wished>   narrow buckets, by own and wished gender and age band
-- Example: {pool}:narrow:*:24:13 lists buckets of people of gender 2 and band 4 who wish, among others, gender 1 and band 3.
-- A wide bucket is one whose people wish everybody: there are 30 at most. There may be thousands of narrow ones. Minors have six
-- buckets in all, and no narrow index.
local WIDE = '111011111'

local function is_narrow(bucket)
  return string.sub(bucket, 4) ~= WIDE and string.byte(bucket, 3) ~= 48
end

-- `score` is that of the head; nil where the bucket is empty.
local function index_narrow(scope, bucket, score)
  local key = pool .. 'narrow:' .. scope .. ':' .. string.sub(bucket, 2, 3) .. ':'
  for gender = 0, 2 do
    for band = 1, 5 do
      if string.byte(bucket, 4 + gender) == 49 and string.byte(bucket, 7 + band) == 49 then
        if score then
          call('ZADD', key .. gender .. band, score, bucket)
        else
          call('ZREM', key .. gender .. band, bucket)
        end
      end
    end
  end
end

-- `index` is the key of the partition's index.
local function set_head(index, scope, bucket, score)
  if score then
    call('ZADD', index, score, bucket)
  else
    call('ZREM', index, bucket)
  end
  if is_narrow(bucket) then
    index_narrow(scope, bucket, score)
  end
end
