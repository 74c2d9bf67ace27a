-- include: base version
-- Appends to stream {pool}:news, which every process reads (storage/redis/streams/news.py). A process that has missed an entry
-- forgets everything that it has cached.
local NEWS_KEPT = 10000

local function publish(kind, data)
  return call('XADD', pool .. 'news', 'MAXLEN', '~', NEWS_KEPT, '*', 'v', VERSION, 't', kind, 'd', data)
end

local function announce_profile(user)
  return publish('ProfileChanged', '{"user":' .. user .. '}')
end
