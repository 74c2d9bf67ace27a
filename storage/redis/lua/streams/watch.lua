-- include: base
-- Watch how full the streams of bots are: events, and parked entries. Whatever is in a stream is not done, so whatever is cut off is
-- lost. Nothing is cut off before there was an alert.
-- Hash {pool}:streams: bot → "<near its limits since>:<last alert>:<lost so far>", times in Unix ms or 0. streams/read.lua adds
-- the bot. For a bot with empty streams that nobody serves, the second number says since when: a day later its keys are deleted.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 most entries · 3 longest age, ms · 4 share of these limits at which to alert · 5 ms from an alert to a cut
--         6 ms from an alert to the next · 7 "1" to alert and to cut, "" only to look
-- Answers for each bot {bot, events, parked entries, age of the oldest in ms, "1" where it is served, "1" where near its limits,
-- lost so far, lost now, "1" where an alert is due}
local FORGET_MS = 24 * 3600000
local most, longest_ms, share, act = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[7] == '1'
local cut_after, alert_again_after = tonumber(ARGV[5]), tonumber(ARGV[6])
local streams, rows = call('HGETALL', pool .. 'streams'), {}

local function age_of(key)
  local first = call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  return first and math.max(now - string.match(first[1], '^%d+'), 0) or 0
end

local function cut(key)
  local old = call('XTRIM', key, 'MINID', string.format('%d-0', math.max(now - longest_ms, 0)))
  return old + call('XTRIM', key, 'MAXLEN', most)
end

-- What to do with one bot's streams, by how they are. Returns the three numbers to store (the last as lost now), whether to alert,
-- and whether to forget the bot.
local function tend(state, events_key, parked_key, near_since, alerted)
  if not state.served and state.empty then
    local unused_since = near_since == 0 and alerted ~= 0 and alerted or now
    return 0, unused_since, 0, false, now - unused_since >= FORGET_MS
  elseif not state.near then
    return 0, 0, 0, false, false
  end
  local lost_now = 0
  if near_since == 0 then
    near_since = now
  elseif now - near_since >= cut_after then
    lost_now = cut(events_key) + cut(parked_key)
  end
  local alert = alerted == 0 or now - alerted >= alert_again_after
  return near_since, alert and now or alerted, lost_now, alert, false
end

for i = 1, #streams, 2 do
  local bot, before = streams[i], streams[i + 1]
  local near_since, alerted, lost = string.match(before, '^(%d+):(%d+):(%d+)$')
  near_since, alerted, lost = tonumber(near_since), tonumber(alerted), tonumber(lost)
  local events_key, parked_key = pool .. 'events:' .. bot, pool .. 'parked:' .. bot
  local events, parked = call('XLEN', events_key), call('XLEN', parked_key)
  local age = math.max(age_of(events_key), age_of(parked_key))
  local state = {
    near = math.max(events, parked) >= most * share or age >= longest_ms * share,
    served = call('EXISTS', pool .. 'lease:' .. bot) == 1,
    empty = events + parked == 0
  }
  local lost_now, alert, forget = 0, false, false
  if act then
    near_since, alerted, lost_now, alert, forget = tend(state, events_key, parked_key, near_since, alerted)
  end
  local after = string.format('%d:%d:%d', near_since, alerted, lost + lost_now)
  if forget then
    call('HDEL', pool .. 'streams', bot)
    call('DEL', events_key, parked_key)
  elseif after ~= before then
    call('HSET', pool .. 'streams', bot, after)
  end
  rows[#rows + 1] = {
    bot, events, parked, age, state.served and '1' or '', state.near and '1' or '', lost + lost_now, lost_now,
    alert and '1' or ''
  }
end
return rows
