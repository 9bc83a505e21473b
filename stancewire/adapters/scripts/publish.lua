#!lua
-- Ends an item with its result: article, signals, stream entries, announcements and the end of the item together. What
-- watches ask for goes to their streams in the same step.
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
--      9 counts of watches   hash
--      then for each signal: its record (string, JSON)
--      then for each watch that one of them goes to: its stream, which is its channel's name as well
-- ARGV 1 item id
--      2 channel of all
--      3 article, JSON; empty where a later revision of it is stored
--      4 seconds that article and signals are kept
--      5 feed, or empty, 6 pages, 7 poor ones among them, 8 words, 9 seconds that the day's tallies are kept
--      10 turn of what the article carries that this follows from, 0: nothing was on record
--      11 what it carries from now on, JSON; empty where the record holds
--      12 id of the revision among the signals, or empty
--      13 number of signals
--      then for each signal: its channel of kind and language, places of its watches among the streams as `1,3`, and
--      the values of FIELDS; data is a JSON object
--      then for each stream of a watch: the field that its entries are counted under
-- Returns {0} where the item was not pending, {2} where the record has another turn, else {1, id of each signal that is
-- new on the stream}.

local FIELDS = {
  'specversion', 'id', 'type', 'source', 'time', 'subject', 'datacontenttype', 'dataschema', 'lang', 'data',
}
local ID_AT = 2
local first_key, first_argument = 10, 14
local signals, width = tonumber(ARGV[13]), 2 + #FIELDS

local function message(stream_id, data)
  return '{"stream_id":"' .. stream_id .. '",' .. string.sub(data, 2)
end

if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return {0}
end
local turn = string.match(redis.call('GET', KEYS[8]) or '0:', '^(%d+):') or '0'
if turn ~= ARGV[10] then
  return {2}
end

-- Read for their types only: a name that holds something else must stop the script before it has written anything.
redis.call('HLEN', KEYS[3])
redis.call('XLEN', KEYS[5])
redis.call('HLEN', KEYS[6])
redis.call('HLEN', KEYS[7])
redis.call('HLEN', KEYS[9])
for place = first_key + signals, #KEYS do
  redis.call('XLEN', KEYS[place])
end

local published, revisions = {1}, 0
for index = 0, signals - 1 do
  local key, start = KEYS[first_key + index], first_argument + index * width
  if redis.call('EXISTS', key) == 0 then
    local entry = {}
    for place, name in ipairs(FIELDS) do
      entry[#entry + 1] = name
      entry[#entry + 1] = ARGV[start + 1 + place]
    end
    local id, data = ARGV[start + 1 + ID_AT], ARGV[start + 1 + #FIELDS]
    local stream_id = redis.call('XADD', KEYS[5], '*', unpack(entry))
    redis.call('SET', key, data, 'EX', ARGV[4])
    local announcement = message(stream_id, data)
    redis.call('PUBLISH', ARGV[2], announcement)
    redis.call('PUBLISH', ARGV[start], announcement)
    for place in string.gmatch(ARGV[start + 1], '%d+') do
      local stream = KEYS[first_key + signals + place - 1]
      redis.call('PUBLISH', stream, message(redis.call('XADD', stream, '*', unpack(entry)), data))
      redis.call('HINCRBY', KEYS[9], ARGV[first_argument + signals * width + place - 1], 1)
    end
    published[#published + 1] = id
    if id == ARGV[12] then
      revisions = 1
    end
  end
end

if ARGV[3] ~= '' then
  redis.call('SET', KEYS[4], ARGV[3], 'EX', ARGV[4])
end
if ARGV[11] ~= '' then
  redis.call('SET', KEYS[8], string.format('%d:', tonumber(turn) + 1) .. ARGV[11], 'EX', ARGV[4])
end
if #published > 1 then
  for counter, count in pairs({signals_published = #published - 1 - revisions, revisions_published = revisions}) do
    if count > 0 then
      redis.call('HINCRBY', KEYS[6], counter, count)
    end
  end
end
if ARGV[5] ~= '' and tonumber(ARGV[6]) > 0 then
  redis.call('HINCRBY', KEYS[7], 'pages:' .. ARGV[5], ARGV[6])
  redis.call('HINCRBY', KEYS[7], 'poor:' .. ARGV[5], ARGV[7])
  redis.call('HINCRBY', KEYS[7], 'words:' .. ARGV[5], ARGV[8])
  redis.call('EXPIRE', KEYS[7], ARGV[9])
end
redis.call('HINCRBY', KEYS[6], 'items_published', 1)
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
return published
