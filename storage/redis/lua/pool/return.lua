-- include: base users/gate users/status users/unchanged queue/queue queue/dequeue chats/begin_chat
-- Talk to the partner of a former chat once more (domain.matching.talk.Return). The wish is kept for a while; the two are paired
-- once both have it, and are free or search at the bot of their wish. Whoever chats or is banned is not paired, nor people who
-- blocked each other, nor people of two partitions. The answer is the same whether the partner has the wish or not.
-- Hash {pool}:again:<former chat>: user → "<bot> <until, Unix ms> <partition>"; expires.
-- KEYS[1] the pool's tag
-- ARGV    1 time · 2 who asks (lib/users/gate.lua)
--         3 "<scope> <bucket> <id of the chat that this may make> <former chat> <partner> <how long the wish holds, ms>
--            <recent partners ms>"
-- Answers where the user stands (`answer` in lib/users/user.lua)
local scope, bucket, new_chat, former, partner, kept_ms, recent_ms =
  string.match(ARGV[3], '^(%S+) (%S+) (%S+) (%S+) (%d+) (%d+) (%d+)$')
local known, asker = gate(ARGV[2])
if known then
  return known
end

-- Whether somebody at this bot may be paired: free, or searching there.
local function is_free(record, bot)
  local search = search_of(record)
  return not banned(record) and not chat_of(record) and (not search or search.bot == bot)
end

local function end_search_of(record)
  local search = search_of(record)
  if search then
    dequeue(search.scope, search.bucket, record.user .. ':' .. search.bot)
  end
end

if not is_free(asker, asker.bot) or asker.user == partner
  or call('HEXISTS', pool .. 'apart:' .. asker.user, partner) == 1 then
  return unchanged(asker)
end
local key, partition = pool .. 'again:' .. former, partition_of(scope, bucket)
local bot, till, theirs = string.match(call('HGET', key, partner) or '', '^(%d+) (%d+) (.*)$')
if bot and tonumber(till) > now and theirs == partition then
  local other = load(partner)
  if is_free(other, bot) then
    call('DEL', key)
    end_search_of(asker)
    end_search_of(other)
    set_state(other, 'c:' .. new_chat)
    return begin_chat(asker, asker.bot, partner, bot, new_chat, recent_ms, ',"again":true')
  end
end
call('HSET', key, asker.user, asker.bot .. ' ' .. string.format('%.0f', now + kept_ms) .. ' ' .. partition)
call('PEXPIRE', key, math.max(1, tonumber(kept_ms)))
return unchanged(asker)
