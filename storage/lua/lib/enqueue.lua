local function enqueue(scope, bucket, score, member)
  local hall = hall_of(scope, bucket)
  call('ZADD', pool .. 'queue:' .. scope .. ':' .. bucket, score, member)
  if call('ZADD', pool .. 'heads:' .. hall, 'LT', score, bucket) == 1 then
    call('SADD', pool .. 'halls', hall)
  end
end
