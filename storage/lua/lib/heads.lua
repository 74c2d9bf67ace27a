-- `heads` is the key of the bucket's hall, `score` that of the bucket's new head, nil where the bucket is empty.
local function set_head(heads, bucket, score)
  if score then
    call('ZADD', heads, score, bucket)
  else
    call('ZREM', heads, bucket)
  end
end
