#!lua
-- Queues again the pending items that no live batch carries: left by a failed attempt, or by a batch that was lost.
-- An item that failed before goes alone, so that it cannot take others along.
--
-- KEYS 1 pending        zset     item -> time of acceptance, ms
--      2 rq queue       list     batch ids
--      3 intermediate   list     batch ids
--      4 leases         zset     BATCH:EXECUTION -> end of the lease
--      5 attempts       hash     item -> number
--      6 counters       hash
--      7 rq queues      set      names of queues' keys
-- ARGV 1 now, ms
--      2 items accepted later than this are left alone, ms
--      3 items a batch
--      4 seconds that batch and job live
--      5 prefix of batch names
--      6 prefix of rq job names
--      7 fields and values of a job
-- Returns the number of items queued.

local size, batch_prefix, job_prefix = tonumber(ARGV[3]), ARGV[5], ARGV[6]
local job_fields = {unpack(ARGV, 7)}
-- More items than any batch has: what stands under a batch's name may be anything.
local LAST_ITEM = 999
local A_MINUTE = 60000
local carried = {}

local function carry(batch_id)
  local key = batch_prefix .. batch_id
  if redis.call('TYPE', key).ok == 'list' then
    for _, item in ipairs(redis.call('LRANGE', key, 0, LAST_ITEM)) do
      carried[item] = true
    end
  end
end

local function queue(items)
  local batch_id = redis.sha1hex(ARGV[1] .. ':' .. table.concat(items, ':'))
  redis.call('DEL', batch_prefix .. batch_id)
  redis.call('RPUSH', batch_prefix .. batch_id, unpack(items))
  redis.call('EXPIRE', batch_prefix .. batch_id, ARGV[4])
  redis.call('HSET', job_prefix .. batch_id, unpack(job_fields))
  redis.call('EXPIRE', job_prefix .. batch_id, ARGV[4])
  redis.call('RPUSH', KEYS[2], batch_id)
end

local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
-- Accepted by a clock that was ahead: nobody knows when.
for _, item in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1] + A_MINUTE, '+inf')) do
  old[#old + 1] = item
end
if #old == 0 then
  return 0
end
for _, batch_id in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do carry(batch_id) end
for _, batch_id in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do carry(batch_id) end
for _, lease in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do carry(string.match(lease, '^([^:]*)')) end

local together, count = {}, 0
for _, item in ipairs(old) do
  if not carried[item] then
    count = count + 1
    if redis.call('HEXISTS', KEYS[5], item) == 1 then
      queue({item})
    else
      together[#together + 1] = item
      if #together == size then
        queue(together)
        together = {}
      end
    end
  end
end
if #together > 0 then
  queue(together)
end
if count > 0 then
  redis.call('SADD', KEYS[7], KEYS[2])
  redis.call('HINCRBY', KEYS[6], 'items_requeued', count)
end
return count
