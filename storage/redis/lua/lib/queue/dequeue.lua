-- include: base queue/queue queue/bucket_index
-- Removes `member` ("<user>:<bot>") from the queue of a bucket.
local function dequeue(scope, bucket, member)
  local key = queue_key(scope, bucket)
  call('ZREM', key, member)
  set_head(index_key(scope, bucket), scope, bucket, call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end
