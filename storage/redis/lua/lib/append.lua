-- include: base
-- Stream {pool}:events:<bot>: v (version), t (type), d (JSON of domain.model.events), read by storage/redis/streams/event_stream.py.
local function append(bot, version, kind, json)
  call('XADD', pool .. 'events:' .. bot, '*', 'v', version, 't', kind, 'd', json)
end
