-- include: base queue/queue
-- Which buckets there are, each with the score of its head: of the one who waits longest in it.
--   zset {pool}:heads:<partition>               all of them
--   zset {pool}:narrow:<scope>:<own>:<wished>   those of people of one gender and age band ("24") who wish another ("13"), but for
--                                               the wide ones, who wish everybody
-- There are 30 wide buckets at most, and thousands of narrow ones. Minors have six in all.
local WIDE = '111011111'

local function is_narrow(bucket)
  return string.sub(bucket, 4) ~= WIDE and string.byte(bucket, 3) ~= 48
end

-- `score` of its head; nil where the bucket is empty.
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
