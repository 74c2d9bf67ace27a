-- include: base served
-- Hand out a bot's events to the process that serves it. With ARGV[4], first those that were handed out that long ago and
-- never acknowledged, whoever had them: 0 for all, where this process has just begun with the bot. New ones follow once none of
-- those is left, so that nothing overtakes them.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 bot · 3 owner · 4 ms, or empty · 5 at most · 6 id from which on to look for those, "0-0" for the first
-- Answers {id of the newest entry there is or "0-0", {entries}, id from which on to look for more of those or "0-0"}, an entry is
-- {id, {field, value, …}}; nil for somebody who does not serve the bot
local bot, owner, again, limit, from = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
if not serves(bot, owner) then
  return nil
end
local key, entries = pool .. 'events:' .. bot, {}
redis.pcall('XGROUP', 'CREATE', key, 'house', '0', 'MKSTREAM')

local function add(more)
  for i = 1, #more do
    if more[i] and more[i][2] then
      entries[#entries + 1] = more[i]
    end
  end
end

local function claim()
  repeat
    local claimed = call('XAUTOCLAIM', key, 'house', owner, again, from, 'COUNT', limit)
    from = claimed[1]
    add(claimed[2])
  until from == '0-0' or #entries >= limit
end

-- Former owners, once nothing is left in their hands.
local function forget_consumers()
  local consumers = call('XINFO', 'CONSUMERS', key, 'house')
  for i = 1, #consumers do
    local consumer = {}
    for j = 1, #consumers[i], 2 do
      consumer[consumers[i][j]] = consumers[i][j + 1]
    end
    if consumer.name ~= owner and consumer.pending == 0 then
      call('XGROUP', 'DELCONSUMER', key, 'house', consumer.name)
    end
  end
end

-- Partners' messages that a release with an outbox kept to send. They have the fields of events; our own notices there are dropped.
local function take_over_outbox()
  local outbox = pool .. 'outbox:' .. bot
  local left = call('XRANGE', outbox, '-', '+')
  for i = 1, #left do
    local fields = {}
    for j = 1, #left[i][2], 2 do
      fields[left[i][2][j]] = left[i][2][j + 1]
    end
    if fields.t == 'Carried' then
      call('XADD', key, '*', 'v', fields.v, 't', fields.t, 'd', fields.d)
    end
  end
  if #left > 0 then
    call('DEL', outbox)
  end
end

if again ~= '' then
  take_over_outbox()
  call('HSETNX', pool .. 'streams', bot, '0:0:0')
  claim()
  forget_consumers()
end
if #entries < limit and from == '0-0' then
  local answer = call('XREADGROUP', 'GROUP', 'house', owner, 'COUNT', limit - #entries, 'STREAMS', key, '>')
  if answer and answer[1] then
    add(type(answer[1]) == 'table' and answer[1][2] or answer[2])
  end
end
local newest = call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
return {newest and newest[1] or '0-0', entries, from}
