-- include: base version
-- Stream {pool}:news, for every process (storage/redis/streams/news.py). Whoever comes too late for an entry forgets all that it remembers.
local NEWS_KEPT = 10000

local function publish(kind, data)
  return call('XADD', pool .. 'news', 'MAXLEN', '~', NEWS_KEPT, '*', 'v', VERSION, 't', kind, 'd', data)
end

local function tell_all(user)
  return publish('ProfileChanged', '{"user":' .. user .. '}')
end
