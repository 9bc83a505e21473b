#!lua
-- Takes letters off the dead and makes their items pending again, as if just accepted: attempts are forgotten, the
-- payload is kept, and each item is queued in a batch of its own, so that it cannot take others along. A letter whose
-- item is pending or has lost its payload stays where it is.
--
-- KEYS 1 dead letters   stream
--      2 pending        zset     item -> time of acceptance, ms
--      3 attempts       hash
--      4 counters       hash
--      5 rq queue       list     batch ids
--      6 rq queues      set      names of queues' keys
-- ARGV 1 now, ms
--      2 seconds that batch and job live
--      3 prefixes of the names: item, ends, batch, rq job (3 to 6)
--      7 number of letters, whose stream ids follow
--      then fields and values of a job
-- Returns for each letter: `done`, `letter_gone`, `payload_gone` or `pending`.

local item_prefix, ends_prefix, batch_prefix, job_prefix = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local letters = tonumber(ARGV[7])
local job_fields = {unpack(ARGV, 8 + letters)}

-- Read for their types only: a name that holds something else must stop the script before it has written anything.
redis.call('ZCARD', KEYS[2])
redis.call('HLEN', KEYS[3])
redis.call('HLEN', KEYS[4])
redis.call('LLEN', KEYS[5])
redis.call('SCARD', KEYS[6])

local function item_of(letter)
  local row = redis.call('XRANGE', KEYS[1], letter, letter)[1]
  for place = 1, row and #row[2] or 0, 2 do
    if row[2][place] == 'item' then
      return row[2][place + 1]
    end
  end
  return nil
end

local function queue(letter, item)
  local batch = redis.sha1hex(letter .. ':' .. item)
  redis.call('DEL', batch_prefix .. batch, job_prefix .. batch)
  redis.call('RPUSH', batch_prefix .. batch, item)
  redis.call('EXPIRE', batch_prefix .. batch, ARGV[2])
  redis.call('HSET', job_prefix .. batch, unpack(job_fields))
  redis.call('EXPIRE', job_prefix .. batch, ARGV[2])
  redis.call('RPUSH', KEYS[5], batch)
end

local function retry(letter)
  local item = item_of(letter)
  if not item then
    return 'letter_gone'
  elseif redis.call('ZSCORE', KEYS[2], item) then
    return 'pending'
  elseif redis.call('EXISTS', item_prefix .. item) == 0 then
    return 'payload_gone'
  end
  redis.call('ZADD', KEYS[2], ARGV[1], item)
  redis.call('PERSIST', item_prefix .. item)
  redis.call('HDEL', KEYS[3], item)
  redis.call('DEL', ends_prefix .. item)
  queue(letter, item)
  redis.call('XDEL', KEYS[1], letter)
  redis.call('HINCRBY', KEYS[4], 'items_retried', 1)
  return 'done'
end

local outcomes = {}
for place = 1, letters do
  outcomes[place] = retry(ARGV[7 + place])
  if outcomes[place] == 'done' then
    redis.call('SADD', KEYS[6], KEYS[5])
  end
end
return outcomes
