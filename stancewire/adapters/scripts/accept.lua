#!lua
-- Takes in one batch: marks, payloads, the queue's entry, and what is known of the feed are written together or not at
-- all. An item whose article is marked with the same fingerprint is left out; a batch id that is on record changes
-- nothing. A sighting never changes the words on record, and a name never covers an article's own mark.
--
-- KEYS 1 pending            zset     item -> time of acceptance, ms
--      2 feed states        hash     feed -> JSON
--      3 counters           hash
--      4 batch              list     item ids
--      5 rq job             hash
--      6 rq queue           list     batch ids
--      7 rq queues          set      names of queues' keys
--      8 listing            string   what the feed holds, JSON
--      9 feed ledgers       hash     feed -> JSON
--      then for each item:      mark (string), payload (string)
--      then for each sighting:  mark (string)
--      then for each name:      its article (string)
--      then for each article that the same poll has brought before: mark (string)
--      last: term               string   number of the poller's last leadership
-- ARGV 1 time of acceptance, ms
--      2 batch id
--      3 seconds that a mark lives
--      4 seconds that batch and job live
--      5 feed id, empty where no state is given
--      6 state of the feed, JSON
--      7 listing, JSON, empty where it has not changed
--      8 articles that came back, 9 articles that vanished
--      10 feed id, empty where no ledger is given, 11 the ledger, JSON
--      12 polls with a gap, 13 polls that were truncated
--      14 number of items, 15 of sightings, 16 of names
--      17 number of job fields and values, which follow
--      then for each item:      id, fingerprint, mark, payload
--      then for each sighting:  fingerprint, mark
--      then for each name:      '>' and the article's id, seconds that it lives
--      last: term of the poller that offers the batch; empty where none leads
-- Returns the ids taken in.

local first_key, first_field = 10, 18
local items, sightings, names = tonumber(ARGV[14]), tonumber(ARGV[15]), tonumber(ARGV[16])
local first_argument = first_field + tonumber(ARGV[17])

-- A poller that slept through the end of its leadership must not undo what its successor has done since.
if ARGV[#ARGV] ~= '' and redis.call('GET', KEYS[#KEYS]) ~= ARGV[#ARGV] then
  return redis.error_reply('OLDTERM the poller that offers this leads no more')
end

if redis.call('EXISTS', KEYS[4]) == 1 then
  return redis.call('LRANGE', KEYS[4], 0, -1)
end

-- Where the last writes were lost, with a disk or with a primary whose replica took over without them, what a poll has
-- brought is gone while the poll goes on. It must not be noted as complete then: no later one would bring it again.
for place = first_key + items * 2 + sightings + names, #KEYS - 1 do
  if redis.call('EXISTS', KEYS[place]) == 0 then
    return redis.error_reply('FORGOTTEN what was taken in before is not there')
  end
end

-- Of a mark: what stands before the colon; of one in layout 1: a field of its JSON, in which it is longer.
local function known_fingerprint(key, length)
  local mark = redis.call('GET', key)
  if not mark then
    return nil
  end
  if string.sub(mark, 1, 1) == '{' then
    local readable, fields = pcall(cjson.decode, mark)
    local known = readable and type(fields) == 'table' and fields.fingerprint
    return known and string.sub(known, 1, length) or nil
  end
  return string.match(mark, '^([^:>]*):')
end

local accepted, new_places, taken = {}, {}, {}
for place = 0, items - 1 do
  local seen = KEYS[first_key + place * 2]
  local argument = first_argument + place * 4
  local id, fingerprint = ARGV[argument], ARGV[argument + 1]
  if (taken[seen] or known_fingerprint(seen, #fingerprint)) ~= fingerprint then
    taken[seen] = fingerprint
    accepted[#accepted + 1] = id
    new_places[#new_places + 1] = place
  end
end

local remembered = {}
local key_of_sighting, argument_of_sighting = first_key + items * 2, first_argument + items * 4
for place = 0, sightings - 1 do
  local key, argument = KEYS[key_of_sighting + place], argument_of_sighting + place * 2
  local known = taken[key] or known_fingerprint(key, #ARGV[argument])
  if known == nil or known == ARGV[argument] then
    remembered[#remembered + 1] = { key, ARGV[argument + 1], ARGV[3] }
  end
end
local key_of_name, argument_of_name = key_of_sighting + sightings, argument_of_sighting + sightings * 2
for place = 0, names - 1 do
  local key, argument = KEYS[key_of_name + place], argument_of_name + place * 2
  local known = redis.call('GET', key)
  if not taken[key] and (not known or string.sub(known, 1, 1) == '>') then
    remembered[#remembered + 1] = { key, ARGV[argument], ARGV[argument + 1] }
  end
end

-- Read for their types only: a name that holds something else must stop the script before it has written anything.
redis.call('ZCARD', KEYS[1])
redis.call('HLEN', KEYS[2])
redis.call('HLEN', KEYS[3])
redis.call('HLEN', KEYS[9])

-- Marks are written last: an error on the way leaves the items unmarked, and the next poll offers them again.
if #accepted > 0 then
  redis.call('RPUSH', KEYS[6], ARGV[2])
  redis.call('SADD', KEYS[7], KEYS[6])
  redis.call('HSET', KEYS[5], unpack(ARGV, first_field, first_argument - 1))
  redis.call('EXPIRE', KEYS[5], ARGV[4])
  redis.call('RPUSH', KEYS[4], unpack(accepted))
  redis.call('EXPIRE', KEYS[4], ARGV[4])
  redis.call('HINCRBY', KEYS[3], 'items_accepted', #accepted)
  for _, place in ipairs(new_places) do
    local key, argument = first_key + place * 2, first_argument + place * 4
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[argument])
    redis.call('SET', KEYS[key + 1], ARGV[argument + 3])
    redis.call('SET', KEYS[key], ARGV[argument + 2], 'EX', ARGV[3])
  end
end

for _, write in ipairs(remembered) do
  redis.call('SET', write[1], write[2], 'EX', write[3])
end
local counts = {
  articles_reappeared = tonumber(ARGV[8]),
  articles_vanished = tonumber(ARGV[9]),
  feed_gaps = tonumber(ARGV[12]),
  polls_truncated = tonumber(ARGV[13]),
}
for counter, count in pairs(counts) do
  if count > 0 then
    redis.call('HINCRBY', KEYS[3], counter, count)
  end
end
if ARGV[7] ~= '' then
  redis.call('SET', KEYS[8], ARGV[7], 'EX', ARGV[3])
end
if ARGV[10] ~= '' then
  redis.call('HSET', KEYS[9], ARGV[10], ARGV[11])
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[5], ARGV[6])
end
return accepted
