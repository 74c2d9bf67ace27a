-- include: base queue/queue queue/bucket_index
-- Adds `member` ("<user>:<bot>") to the queue of a bucket.
local function enqueue(scope, bucket, score, member)
  call('ZADD', queue_key(scope, bucket), score, member)
  if call('ZADD', index_key(scope, bucket), 'LT', 'CH', score, bucket) == 1 then
    call('SADD', pool .. 'halls', partition_of(scope, bucket))
    if is_narrow(bucket) then
      index_narrow(scope, bucket, score)
    end
  end
end
