-- include: base
-- The queues of those who wait. Zset {pool}:queue:<scope>:<bucket>: member "<user>:<bot>", score waiting since (ms) less the head
-- start. The lowest score is served first.
-- A bucket is 12 characters: class (1 VIP, 0 free), gender 0-2, age band 0-5, a flag per wished gender, a flag per wished band.
-- A partition is "<scope>:m" for minors or "<scope>:a" for adults. Nobody meets anybody of another partition.
-- Some keys have older names, because workers of older releases use them too:
--   set {pool}:halls               partitions that have buckets; one that emptied stays until the next sweep
--   zset {pool}:heads:<partition>  the partition's buckets (lib/queue/bucket_index.lua)
--   hash {pool}:apart:<user>       who never meets whom (lib/users/apart.lua)
local function partition_of(scope, bucket)
  return scope .. (string.byte(bucket, 3) == 48 and ':m' or ':a')
end

local function index_key(scope, bucket)
  return pool .. 'heads:' .. partition_of(scope, bucket)
end

local function queue_key(scope, bucket)
  return pool .. 'queue:' .. scope .. ':' .. bucket
end
