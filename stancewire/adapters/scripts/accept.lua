#!lua
-- Takes in one batch: marks, payloads, the queue's entry, and what is known of the feed are written together or not at
-- all. An item whose article is marked with the same fingerprint is left out; a batch id that is on record changes
-- nothing. A sighting never changes the words on record, and a name never covers an article's own mark.
--
-- KEYS 1 known, 2 sources, 3 former: as known.lua has them
--      4 pending            zset     item -> time of acceptance, ms
--      5 feed states        hash     feed -> JSON
--      6 counters           hash
--      7 batch              list     item ids
--      8 rq job             hash
--      9 rq queue           list     batch ids
--      10 rq queues         set      names of queues' keys
--      11 listing           string   what the feed holds, JSON
--      12 feed ledgers      hash     feed -> JSON
--      then for each item:  payload (string)
--      last: term           string   number of the poller's last leadership
-- ARGV 1 time of acceptance, ms
--      2 batch id
--      3 days that a mark lives
--      4 seconds that batch and job live
--      5 feed id, empty where no state is given
--      6 state of the feed, JSON
--      7 listing, JSON, empty where it has not changed
--      8 articles that came back, 9 articles that vanished
--      10 feed id, empty where no ledger is given, 11 the ledger, JSON
--      12 polls with a gap, 13 polls that were truncated
--      14 number of items, 15 of sightings, 16 of names
--      17 number of job fields and values, which follow
--      then for each item:      id, name of the article in 16 bytes, mark with its outlet and feed, payload
--      then for each sighting:  name of the article, mark
--      then for each name:      the name, what leads to the article, days that it lives
--      then for each article that the same poll has brought before: its name
--      last: term of the poller that offers the batch; empty where none leads
-- Returns the ids taken in.

-- Takes in known.lua

local first_key, first_field = 13, 18
local items, sightings, names = tonumber(ARGV[14]), tonumber(ARGV[15]), tonumber(ARGV[16])
local first_argument = first_field + tonumber(ARGV[17])

-- A poller that slept through the end of its leadership must not undo what its successor has done since.
if ARGV[#ARGV] ~= '' and redis.call('GET', KEYS[#KEYS]) ~= ARGV[#ARGV] then
  return redis.error_reply('OLDTERM the poller that offers this leads no more')
end

if redis.call('EXISTS', KEYS[7]) == 1 then
  return redis.call('LRANGE', KEYS[7], 0, -1)
end

local first_sighting = first_argument + items * 4
local first_name = first_sighting + sightings * 2
local first_brought = first_name + names * 3

-- Where the last writes were lost, with a disk or with a primary whose replica took over without them, what a poll has
-- brought is gone while the poll goes on. It must not be noted as complete then: no later one would bring it again.
for argument = first_brought, #ARGV - 1 do
  if not look_up(ARGV[argument]) then
    return redis.error_reply('FORGOTTEN what was taken in before is not there')
  end
end

local function known_fingerprint(name)
  local found = look_up(name)
  return found and fingerprint_of(found)
end

local accepted, new_places, taken = {}, {}, {}
for place = 0, items - 1 do
  local argument = first_argument + place * 4
  local id, name = ARGV[argument], ARGV[argument + 1]
  local fingerprint = string.sub(ARGV[argument + 2], 10, 17)
  if (taken[name] or known_fingerprint(name)) ~= fingerprint then
    taken[name] = fingerprint
    accepted[#accepted + 1] = id
    new_places[#new_places + 1] = place
  end
end

local remembered = {}
for argument = first_sighting, first_name - 1, 2 do
  local name, mark = ARGV[argument], ARGV[argument + 1]
  local known = taken[name] or known_fingerprint(name)
  if known == nil or known == string.sub(mark, 10, 17) then
    remembered[#remembered + 1] = { name, mark, ARGV[3] }
  end
end
for argument = first_name, first_brought - 1, 3 do
  local name = ARGV[argument]
  local known = look_up(name)
  if not taken[name] and (not known or leads_elsewhere(known)) then
    remembered[#remembered + 1] = { name, ARGV[argument + 1], ARGV[argument + 2] }
  end
end

-- Read for their types only: a name that holds something else must stop the script before it has written anything.
redis.call('HLEN', KEYS[2])
redis.call('ZCARD', KEYS[4])
redis.call('HLEN', KEYS[5])
redis.call('HLEN', KEYS[6])
redis.call('HLEN', KEYS[12])

-- Marks are written last: an error on the way leaves the items unmarked, and the next poll offers them again.
if #accepted > 0 then
  redis.call('RPUSH', KEYS[9], ARGV[2])
  redis.call('SADD', KEYS[10], KEYS[9])
  redis.call('HSET', KEYS[8], unpack(ARGV, first_field, first_argument - 1))
  redis.call('EXPIRE', KEYS[8], ARGV[4])
  redis.call('RPUSH', KEYS[7], unpack(accepted))
  redis.call('EXPIRE', KEYS[7], ARGV[4])
  redis.call('HINCRBY', KEYS[6], 'items_accepted', #accepted)
  for _, place in ipairs(new_places) do
    local argument = first_argument + place * 4
    redis.call('ZADD', KEYS[4], ARGV[1], ARGV[argument])
    redis.call('SET', KEYS[first_key + place], ARGV[argument + 3])
    remember(ARGV[argument + 1], ARGV[argument + 2], ARGV[3])
  end
end

for _, write in ipairs(remembered) do
  remember(unpack(write))
end
local counts = {
  articles_reappeared = tonumber(ARGV[8]),
  articles_vanished = tonumber(ARGV[9]),
  feed_gaps = tonumber(ARGV[12]),
  polls_truncated = tonumber(ARGV[13]),
}
for counter, count in pairs(counts) do
  if count > 0 then
    redis.call('HINCRBY', KEYS[6], counter, count)
  end
end
if ARGV[7] ~= '' then
  redis.call('SET', KEYS[11], ARGV[7], 'EX', ARGV[3] * DAY)
end
if ARGV[10] ~= '' then
  redis.call('HSET', KEYS[12], ARGV[10], ARGV[11])
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[5], ARGV[5], ARGV[6])
end
return accepted
