-- include: base
-- The waiting stand in zset {pool}:queue:<scope>:<bucket>, member "<user>:<bot>", score: waiting since, in milliseconds; smaller
-- is served first. A bucket is 12 characters: class (1 VIP, 0 free), gender 0-2, age band 0-5, a flag per wished gender, a flag
-- per wished band.
-- A partition is a scope with the minors (m) or the adults (a) in it, who never even see each other: "<scope>:<a|m>".
-- The keys of Redis have older names, which workers of older releases use too: {pool}:halls is the set of partitions that have
-- buckets (and for a while those that had), {pool}:heads:<partition> their index (lib/queue/bucket_index.lua), and {pool}:apart:<user>
-- says who blocked whom.
local function partition_of(scope, bucket)
  return scope .. (string.byte(bucket, 3) == 48 and ':m' or ':a')
end

local function index_key(scope, bucket)
  return pool .. 'heads:' .. partition_of(scope, bucket)
end

local function queue_key(scope, bucket)
  return pool .. 'queue:' .. scope .. ':' .. bucket
end
