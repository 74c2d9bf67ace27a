-- include: base version
-- Appends an event to stream {pool}:events:<bot>. Fields: v (version), t (type), d (JSON of domain.model.events).
local function send_event(bot, kind, json)
  call('XADD', pool .. 'events:' .. bot, '*', 'v', VERSION, 't', kind, 'd', json)
end
