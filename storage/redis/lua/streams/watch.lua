-- include: base
-- See how full the bots' streams are: what crosses processes, and what was put aside. What is done is gone, so
-- all that is there was never done, and all that is cut off is lost. Hence nothing is cut off that was not alerted of before.
-- Hash {pool}:streams: bot → "<near its limits since, ms or 0>:<last alert, ms or 0>:<lost so far>"; events_read.lua begins it.
-- The second number of a bot with nothing waiting that nobody serves: since when. A day later its entry and its keys are deleted.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 at most · 3 for at most ms · 4 share of these at which to alert · 5 ms from an alert to a cut
--         6 ms from an alert to the next · 7 "1" to alert and to cut, "" only to look
-- Answers {bot, entries, put aside, age of the oldest in ms, "1" where it is served, "1" where near its limits, lost so far,
-- lost now, "1" where it is time to alert} for each bot
local FORGET = 24 * 3600000
local most, longest, share, act = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[7] == '1'
local streams, rows = call('HGETALL', pool .. 'streams'), {}

local function age_of(key)
  local first = call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  return first and math.max(now - string.match(first[1], '^%d+'), 0) or 0
end

local function cut(key)
  local old = call('XTRIM', key, 'MINID', string.format('%d-0', math.max(now - longest, 0)))
  return old + call('XTRIM', key, 'MAXLEN', most)
end

for i = 1, #streams, 2 do
  local bot, before = streams[i], streams[i + 1]
  local near_since, alerted, lost = string.match(before, '^(%d+):(%d+):(%d+)$')
  near_since, alerted, lost = tonumber(near_since), tonumber(alerted), tonumber(lost)
  local key, aside = pool .. 'events:' .. bot, pool .. 'parked:' .. bot
  local entries, parked = call('XLEN', key), call('XLEN', aside)
  local age = math.max(age_of(key), age_of(aside))
  local near = math.max(entries, parked) >= most * share or age >= longest * share
  local served = call('EXISTS', pool .. 'lease:' .. bot) == 1
  local gone, alert, forgotten = 0, false, false
  if act and not served and entries + parked == 0 then
    alerted = near_since == 0 and alerted ~= 0 and alerted or now
    near_since, forgotten = 0, now - alerted >= FORGET
  elseif act and not near then
    near_since, alerted = 0, 0
  elseif act then
    if near_since == 0 then
      near_since = now
    elseif now - near_since >= tonumber(ARGV[5]) then
      gone = cut(key) + cut(aside)
    end
    alert = alerted == 0 or now - alerted >= tonumber(ARGV[6])
    alerted = alert and now or alerted
  end
  local after = string.format('%d:%d:%d', near_since, alerted, lost + gone)
  if forgotten then
    call('HDEL', pool .. 'streams', bot)
    call('DEL', key, aside)
  elseif after ~= before then
    call('HSET', pool .. 'streams', bot, after)
  end
  rows[#rows + 1] = {
    bot, entries, parked, age, served and '1' or '', near and '1' or '', lost + gone, gone,
    alert and '1' or ''
  }
end
return rows
