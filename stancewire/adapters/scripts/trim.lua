#!lua
-- Takes off a stream of signals what its time is up for and what is beyond its length, oldest first; but what a consumer
-- group has not read or not acknowledged only where the stream would grow beyond its greatest length. What is lost to a
-- group so is counted under its name. A call takes off a bounded part; it is called again until nothing is left to do.
--
-- KEYS 1 signals    stream   all, or those of a watch
--      2 counters   hash
--      3 lost       hash     consumer group -> entries
-- ARGV 1 seconds that entries are kept
--      2 length beyond which entries that all groups have read are taken off
--      3 length beyond which the oldest are taken off, read or not
--      4 most entries to take off
--      5 what stands before the name of a group where its loss is counted
--      6 1 where the stream itself goes once it is empty and nobody keeps a place in it
-- Returns {entries taken off, then group, entries lost to it, ...}.

local most = tonumber(ARGV[4])

local function parsed(id)
  local ms, number = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(number)
end

local function less(one, other)
  local ms, number = parsed(one)
  local other_ms, other_number = parsed(other)
  return ms < other_ms or (ms == other_ms and number < other_number)
end

local function after(id)
  local ms, number = string.match(id, '^(%d+)-(%d+)$')
  return ms .. '-' .. string.format('%.0f', tonumber(number) + 1)
end

if redis.call('EXISTS', KEYS[1]) == 0 then
  return {0}
end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first then
  if ARGV[6] == '1' and #redis.call('XINFO', 'GROUPS', KEYS[1]) == 0 then
    redis.call('DEL', KEYS[1])
  end
  return {0}
end

-- Each group with the first entry that it has not acknowledged; of those, the first there is.
local groups, floor = {}, nil
for _, facts in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for place = 1, #facts, 2 do
    group[facts[place]] = facts[place + 1]
  end
  -- What was lost before stays in the list of pending entries: it holds nothing back.
  local pending = redis.call('XPENDING', KEYS[1], group.name, first[1], '+', 1)[1]
  group.delivered = group['last-delivered-id']
  group.floor = pending and pending[1] or after(group.delivered)
  groups[#groups + 1] = group
  if not floor or less(group.floor, floor) then
    floor = group.floor
  end
end

local taken = 0
local function take_off(...)
  local count = redis.call('XTRIM', KEYS[1], ...)
  taken = taken + count
  return count
end

-- The server's own clock, for it made the ids: a process whose clock is wrong must not empty the stream.
local oldest = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[1])
local expired = string.format('%.0f-0', math.max(oldest, 0) * 1000)
if floor and less(floor, expired) then
  expired = floor
end
take_off('MINID', '~', expired, 'LIMIT', most)

local evicted = 0
local beyond = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[2])
if beyond > 0 then
  if floor then
    evicted = evicted + take_off('MINID', '~', floor, 'LIMIT', math.min(beyond, most))
  else
    evicted = evicted + take_off('MAXLEN', '~', ARGV[2], 'LIMIT', most)
  end
end

local lost = {}
beyond = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[3])
if beyond > 0 and floor then
  local rows = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(beyond, most))
  for _, row in ipairs(rows) do
    for _, group in ipairs(groups) do
      local unread = less(group.delivered, row[1])
      if not unread and not less(row[1], group.floor) then
        unread = #redis.call('XPENDING', KEYS[1], group.name, row[1], row[1], 1) > 0
      end
      if unread then
        lost[group.name] = (lost[group.name] or 0) + 1
      end
    end
  end
  evicted = evicted + take_off('MINID', '=', after(rows[#rows][1]))
end

if evicted > 0 then
  redis.call('HINCRBY', KEYS[2], 'entries_evicted', evicted)
end
local answer = {taken}
for group, count in pairs(lost) do
  local name = ARGV[5] .. group
  redis.call('HINCRBY', KEYS[3], name, count)
  answer[#answer + 1] = name
  answer[#answer + 1] = count
end
return answer
