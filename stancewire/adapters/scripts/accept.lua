#!lua
-- Takes in one batch: marks, payloads, the queue's entry and the feed's state are written together or not at all.
-- An item whose article is marked with the same fingerprint is left out; a batch id that is on record changes nothing.
--
-- KEYS 1 pending            zset     item -> time of acceptance, ms
--      2 feed states        hash     feed -> JSON
--      3 counters           hash
--      4 batch              list     item ids
--      5 rq job             hash
--      6 rq queue           list     batch ids
--      7 rq queues          set      names of queues' keys
--      then for each item:  seen mark (string), payload (string)
--      last: term           string   number of the poller's last leadership
-- ARGV 1 time of acceptance, ms
--      2 batch id
--      3 seconds that a mark lives
--      4 seconds that batch and job live
--      5 feed id, empty where no state is given
--      6 state of the feed, JSON
--      7 number of job fields and values, which follow
--      then for each item:  id, fingerprint, mark (JSON), payload
--      last: term of the poller that offers the batch; empty where none leads
-- Returns the ids taken in.

local PER_ITEM_KEYS, PER_ITEM_ARGUMENTS = 2, 4
local first_key, first_field = 8, 8
local field_count = tonumber(ARGV[7])

-- A poller that slept through the end of its leadership must not undo what its successor has done since.
if ARGV[#ARGV] ~= '' and redis.call('GET', KEYS[#KEYS]) ~= ARGV[#ARGV] then
  return redis.error_reply('OLDTERM the poller that offers this leads no more')
end

if redis.call('EXISTS', KEYS[4]) == 1 then
  return redis.call('LRANGE', KEYS[4], 0, -1)
end

local function known_fingerprint(key)
  local mark = redis.call('GET', key)
  local readable, fields = pcall(cjson.decode, mark or '{}')
  return readable and type(fields) == 'table' and fields.fingerprint or nil
end

local accepted, new_places, taken = {}, {}, {}
local first_argument = first_field + field_count
for place = 0, (#KEYS - first_key) / PER_ITEM_KEYS - 1 do
  local seen = KEYS[first_key + place * PER_ITEM_KEYS]
  local argument = first_argument + place * PER_ITEM_ARGUMENTS
  local id, fingerprint = ARGV[argument], ARGV[argument + 1]
  if (taken[seen] or known_fingerprint(seen)) ~= fingerprint then
    taken[seen] = fingerprint
    accepted[#accepted + 1] = id
    new_places[#new_places + 1] = place
  end
end

-- Marks are written last: an error on the way leaves the items unmarked, and the next poll offers them again.
if #accepted > 0 then
  -- Read for their types only: a name that holds something else must stop the script before it has written anything.
  redis.call('ZCARD', KEYS[1])
  redis.call('HLEN', KEYS[2])
  redis.call('HLEN', KEYS[3])
  redis.call('RPUSH', KEYS[6], ARGV[2])
  redis.call('SADD', KEYS[7], KEYS[6])
  redis.call('HSET', KEYS[5], unpack(ARGV, first_field, first_argument - 1))
  redis.call('EXPIRE', KEYS[5], ARGV[4])
  redis.call('RPUSH', KEYS[4], unpack(accepted))
  redis.call('EXPIRE', KEYS[4], ARGV[4])
  redis.call('HINCRBY', KEYS[3], 'items_accepted', #accepted)
  for _, place in ipairs(new_places) do
    local key, argument = first_key + place * PER_ITEM_KEYS, first_argument + place * PER_ITEM_ARGUMENTS
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[argument])
    redis.call('SET', KEYS[key + 1], ARGV[argument + 3])
    redis.call('SET', KEYS[key], ARGV[argument + 2], 'EX', ARGV[3])
  end
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[5], ARGV[6])
end
return accepted
