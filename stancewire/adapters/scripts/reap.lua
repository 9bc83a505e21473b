#!lua
-- Takes back the batches of workers that are gone: those whose lease ran out, and those taken from the queue by a worker
-- that died before it wrote a lease. Each is looked at and queued again in one step, so several reapers may run.
--
-- A batch with several items left goes back whole the first time and is split into single items the second time, so
-- that one item that kills workers does not take the others along. A batch with one item left counts an attempt on it.
--
-- KEYS  1 leases           zset     BATCH:EXECUTION -> end of the lease, s
--       2 intermediate     list     batch ids
--       3 rq queue         list     batch ids
--       4 pending          zset
--       5 attempts         hash     item -> number
--       6 dead letters     stream
--       7 counters         hash
--       8 rq workers       set      names of worker keys
--       9 workers of queue set      names of worker keys
-- ARGV  1 now, s
--       2 seconds a batch may be without a lease
--       3 attempts after which an item is dead
--       4 the only lease to take back, whatever its end; or the batch, in whoever's lease, that is handed back at no
--         cost to its items, since its worker was told to stop; empty: all leases that ran out
--       5 how a batch came to be taken back; of a running one it is noted as the end of an attempt
--       6 now, ISO 8601
--       7 seconds that batch and job live
--       8 greatest length of the dead letters
--       9 seconds that a dead item's payload is kept
--      10 prefixes of the names: batch, rq job, rq execution, rq executions, stuck, item, ends (10 to 16)
--      17 fields and values of a job
-- Returns the number of batches that are queued again.
-- Takes in burying.lua

local now, grace, max_attempts, only = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local batch_prefix, job_prefix, execution_prefix, executions_prefix = ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local stuck_prefix, item_prefix, ends_prefix = ARGV[14], ARGV[15], ARGV[16]
local job_fields = {unpack(ARGV, 17)}
local REAPED = 'stancewire_reaped'
-- More items than any batch has: what stands under a batch's name may be anything.
local LAST_ITEM = 999
-- Seconds; the setting's greatest value is 600.
local LONGEST_LEASE = 660
local queued = 0

local function is(key, kind)
  return redis.call('TYPE', key).ok == kind
end

-- One field that holds no number must not keep all other batches from being taken back.
local function count_up(key, field)
  local count = redis.pcall('HINCRBY', key, field, 1)
  if type(count) == 'number' then
    return count
  end
  redis.call('HSET', key, field, 1)
  return 1
end

local function pending_items(batch_id)
  local items = {}
  if is(batch_prefix .. batch_id, 'list') then
    for _, item in ipairs(redis.call('LRANGE', batch_prefix .. batch_id, 0, LAST_ITEM)) do
      if redis.call('ZSCORE', KEYS[4], item) then
        items[#items + 1] = item
      end
    end
  end
  return items
end

local function clear_unless_hash(key)
  if not is(key, 'hash') then
    redis.call('DEL', key)
  end
end

local function queue(batch_id, command)
  clear_unless_hash(job_prefix .. batch_id)
  redis.call('HSET', job_prefix .. batch_id, unpack(job_fields))
  redis.call('EXPIRE', job_prefix .. batch_id, ARGV[7])
  redis.call(command, KEYS[3], batch_id)
  queued = queued + 1
end

-- How the attempts on an item ended, as far as somebody noted it.
local function account_of(item, attempts)
  local ends = redis.call('LRANGE', ends_prefix .. item, 0, -1)
  if #ends == 0 then
    return ARGV[5]
  end
  local unknown = attempts - #ends
  if unknown > 0 then
    ends[#ends + 1] = 'how ' .. unknown .. ' of ' .. attempts .. ' attempts ended is not on record'
  end
  return table.concat(ends, '\n')
end

local function bury(item, attempts)
  local letter = {item_id = item, reason = 'killed_workers', attempts = attempts, at = ARGV[6]}
  letter.detail = account_of(item, attempts)
  local names = {pending = KEYS[4], payload = item_prefix .. item, attempts = KEYS[5], letters = KEYS[6],
    counters = KEYS[7]}
  end_as_dead(names, item, letter.reason, cjson.encode(letter), ARGV[8], ARGV[9])
  redis.call('DEL', ends_prefix .. item)
end

local function drop(batch_id)
  redis.call('DEL', job_prefix .. batch_id, batch_prefix .. batch_id)
end

local function split(batch_id, items)
  drop(batch_id)
  for _, item in ipairs(items) do
    local part = redis.sha1hex(batch_id .. ':' .. item)
    redis.call('DEL', batch_prefix .. part)
    redis.call('RPUSH', batch_prefix .. part, item)
    redis.call('EXPIRE', batch_prefix .. part, ARGV[7])
    queue(part, 'RPUSH')
  end
end

local function take_back(batch_id)
  redis.call('DEL', stuck_prefix .. batch_id)
  local items = pending_items(batch_id)
  if #items == 0 then
    drop(batch_id)
    return
  end
  if batch_id == only then
    queue(batch_id, 'LPUSH')
    return
  end
  redis.call('HINCRBY', KEYS[7], 'batches_reaped', 1)
  clear_unless_hash(job_prefix .. batch_id)
  if #items == 1 then
    local attempts = count_up(KEYS[5], items[1])
    if only ~= '' then
      redis.call('RPUSH', ends_prefix .. items[1], ARGV[5])
      redis.call('EXPIRE', ends_prefix .. items[1], ARGV[7])
    end
    if attempts >= max_attempts then
      bury(items[1], attempts)
      drop(batch_id)
    else
      queue(batch_id, 'RPUSH')
    end
  elseif count_up(job_prefix .. batch_id, REAPED) >= 2 then
    split(batch_id, items)
  else
    queue(batch_id, 'LPUSH')
  end
end

local function end_lease(lease)
  local batch_id, execution = string.match(lease, '^([^:]*):?(.*)$')
  redis.call('ZREM', KEYS[1], lease)
  redis.call('LREM', KEYS[2], 0, batch_id)
  redis.call('DEL', execution_prefix .. lease)
  if is(executions_prefix .. batch_id, 'zset') then
    redis.call('ZREM', executions_prefix .. batch_id, execution)
  end
  take_back(batch_id)
end

if only ~= '' then
  local is_one_lease = string.find(only, ':', 1, true)
  for _, lease in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if lease == only or (not is_one_lease and string.match(lease, '^([^:]*)') == only) then
      end_lease(lease)
    end
  end
  return queued
end

for _, lease in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  end_lease(lease)
end
-- One that ends later than any can was written before a clock was set back, and nobody prolongs it.
for _, lease in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now + LONGEST_LEASE, '+inf')) do
  end_lease(lease)
end

local leased = {}
for _, lease in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  leased[string.match(lease, '^([^:]*)')] = true
end
for _, batch_id in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if not leased[batch_id] then
    local noted = redis.pcall('GET', stuck_prefix .. batch_id)
    local first_seen = type(noted) == 'string' and tonumber(noted)
    if not first_seen or first_seen > now then
      redis.call('SET', stuck_prefix .. batch_id, now, 'EX', 3600)
    elseif now - first_seen >= grace then
      redis.call('LREM', KEYS[2], 0, batch_id)
      take_back(batch_id)
    end
  end
end

for _, worker in ipairs(is(KEYS[8], 'set') and redis.call('SMEMBERS', KEYS[8]) or {}) do
  if redis.call('EXISTS', worker) == 0 then
    redis.call('SREM', KEYS[8], worker)
    redis.call('SREM', KEYS[9], worker)
  end
end
return queued
