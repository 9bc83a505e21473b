#!lua
-- Ends an item with its result: article, signals, stream entries, announcements and the end of the item together.
-- An item that is not pending changes nothing; a signal on record is not appended again.
--
-- KEYS 1 pending     zset
--      2 item        string   payload
--      3 attempts    hash
--      4 article     string   JSON
--      5 signals     stream
--      6 counters    hash
--      7 page tallies of the day   hash
--      8 carried     string   TURN:JSON, which signals the article carries
--      then for each signal: its record (string, JSON)
-- ARGV 1 item id
--      2 channel
--      3 article, JSON; empty where a later revision of it is stored
--      4 seconds that article and signals are kept
--      5 greatest length of the stream
--      6 feed, or empty, 7 pages, 8 poor ones among them, 9 words, 10 seconds that the day's tallies are kept
--      11 turn of what the article carries that this follows from, 0: nothing was on record
--      12 what it carries from now on, JSON; empty where the record holds
--      13 id of the revision among the signals, or empty
--      then for each signal: id, type, source, time, subject, lang, schema, data (JSON object)
-- Returns {0} where the item was not pending, {2} where the record has another turn, else {1, id of each signal that is new on the stream}.

local FIELDS = {'id', 'type', 'source', 'time', 'subject', 'lang', 'schema', 'data'}
local first_key, first_argument = 9, 14

if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return {0}
end
local turn = string.match(redis.call('GET', KEYS[8]) or '0:', '^(%d+):') or '0'
if turn ~= ARGV[11] then
  return {2}
end

-- Read for their types only: a name that holds something else must stop the script before it has written anything.
redis.call('HLEN', KEYS[3])
redis.call('XLEN', KEYS[5])
redis.call('HLEN', KEYS[6])
redis.call('HLEN', KEYS[7])

local published, revisions = {1}, 0
for index = 0, #KEYS - first_key do
  local key, start = KEYS[first_key + index], first_argument + index * #FIELDS
  if redis.call('EXISTS', key) == 0 then
    local entry = {}
    for place, name in ipairs(FIELDS) do
      entry[#entry + 1] = name
      entry[#entry + 1] = ARGV[start + place - 1]
    end
    local data = ARGV[start + #FIELDS - 1]
    local stream_id = redis.call('XADD', KEYS[5], '*', unpack(entry))
    redis.call('SET', key, data, 'EX', ARGV[4])
    redis.call('PUBLISH', ARGV[2], '{"stream_id":"' .. stream_id .. '",' .. string.sub(data, 2))
    published[#published + 1] = ARGV[start]
    if ARGV[start] == ARGV[13] then
      revisions = 1
    end
  end
end

if ARGV[3] ~= '' then
  redis.call('SET', KEYS[4], ARGV[3], 'EX', ARGV[4])
end
if ARGV[12] ~= '' then
  redis.call('SET', KEYS[8], string.format('%d:', tonumber(turn) + 1) .. ARGV[12], 'EX', ARGV[4])
end
if #published > 1 then
  -- The server's own clock, for it made the ids: a worker whose clock is wrong must not empty the stream.
  local oldest = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[4])
  redis.call('XTRIM', KEYS[5], 'MINID', '~', string.format('%.0f', math.max(oldest, 0) * 1000))
  local evicted = redis.call('XTRIM', KEYS[5], 'MAXLEN', '~', ARGV[5])
  if evicted > 0 then
    redis.call('HINCRBY', KEYS[6], 'entries_evicted', evicted)
  end
  for counter, count in pairs({signals_published = #published - 1 - revisions, revisions_published = revisions}) do
    if count > 0 then
      redis.call('HINCRBY', KEYS[6], counter, count)
    end
  end
end
if ARGV[6] ~= '' and tonumber(ARGV[7]) > 0 then
  redis.call('HINCRBY', KEYS[7], 'pages:' .. ARGV[6], ARGV[7])
  redis.call('HINCRBY', KEYS[7], 'poor:' .. ARGV[6], ARGV[8])
  redis.call('HINCRBY', KEYS[7], 'words:' .. ARGV[6], ARGV[9])
  redis.call('EXPIRE', KEYS[7], ARGV[10])
end
redis.call('HINCRBY', KEYS[6], 'items_published', 1)
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
return published
