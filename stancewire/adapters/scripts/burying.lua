-- Ends an item as a dead letter, for the scripts that take this file in. The letter says what the item was, as far as
-- its payload tells, so that this can be read after the payload is gone.

-- The beginning of a text from outside, of so many bytes; no character is cut apart.
local function beginning(text, bytes)
  if type(text) ~= 'string' then
    return ''
  end
  while bytes > 0 and bytes < #text and math.floor(string.byte(text, bytes + 1) / 64) == 2 do
    bytes = bytes - 1
  end
  return string.sub(text, 1, bytes)
end

local function field(object, name)
  return type(object) == 'table' and object[name] or nil
end

-- Feed, link and title of an item; empty where its payload is gone or cannot be read.
local function told_by(key)
  local is_read, item = pcall(cjson.decode, redis.pcall('GET', key))
  local entry = is_read and field(item, 'entry')
  local feed = is_read and field(item, 'feed')
  return beginning(field(feed, 'id'), 200), beginning(field(entry, 'link'), 2000), beginning(field(entry, 'title'), 300)
end

-- names: pending, payload, attempts, letters, counters.
local function end_as_dead(names, item, reason, data, longest, seconds)
  local feed, link, title = told_by(names.payload)
  redis.call('XADD', names.letters, '*', 'item', item, 'reason', reason, 'feed', feed, 'link', link, 'title', title,
    'data', data)
  local evicted = redis.call('XTRIM', names.letters, 'MAXLEN', longest)
  if evicted > 0 then
    redis.call('HINCRBY', names.counters, 'letters_evicted', evicted)
  end
  redis.call('EXPIRE', names.payload, seconds)
  redis.call('HDEL', names.attempts, item)
  redis.call('ZREM', names.pending, item)
  redis.call('HINCRBY', names.counters, 'items_dead', 1)
end
