-- include: heads
local function dequeue(scope, bucket, member)
  local key = pool .. 'queue:' .. scope .. ':' .. bucket
  call('ZREM', key, member)
  set_head(pool .. 'heads:' .. hall_of(scope, bucket), bucket, call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end
