-- What is known of articles, by name: entries of buckets, which are small hashes, so that the server keeps them packed.
--
-- KEYS 1 known    string  how many buckets there are; bucket N is the hash KEYS[1]:N
--      2 sources  hash    outlet and feed, 8 bytes -> a number of 3 bytes, and back
--      3 former   string  there while marks of layout 2 may be left
--
-- A name has 16 bytes. Its first 8 are the field, the first 4 of these say in which bucket it lies. A value is the day on
-- which it is forgotten, 2 bytes, and what is known: '>' and the article's 16 bytes, '=' and its id in letters, '>' alone
-- for a name that articles share, or else a mark. Of a mark the second to the fourth byte are the number of its source,
-- the 8 that follow the fingerprint. What does not fit into one value goes on in the field whose name has a '+' behind it.
--
-- Buckets are split in turn, one whenever any holds too much, so that their number grows with what is known (linear
-- hashing); an entry lies in bucket `hash % twice`, or `hash % span` where there is none of that number yet.

local DAY = 86400
-- A bucket that nobody writes to goes as a whole; what is left of its time tells when it was last swept.
local BUCKET_SECONDS, SWEPT_AGAIN = 100 * DAY, 98 * DAY
-- A hash stays packed with 128 entries, and values of 64 bytes, by what servers of all versions have as their setting.
local MOST_ENTRIES, MOST_BYTES = 100, 64

local today = math.floor(tonumber(redis.call('TIME')[1]) / DAY)
local buckets = tonumber(redis.call('GET', KEYS[1]) or 1)
local span = 1
while span * 2 <= buckets do
  span = span * 2
end
local twice = span * 2
local has_former = redis.call('EXISTS', KEYS[3]) == 1

local call, byte, sub = redis.call, string.byte, string.sub
local prefix = KEYS[1] .. ':'

local function number_of_bucket(field)
  local a, b, c, d = byte(field, 1, 4)
  local hash = ((a * 256 + b) * 256 + c) * 256 + d
  local number = hash % twice
  return number < buckets and number or hash % span
end

local function is_alive(value)
  local high, low = byte(value, 1, 2)
  return low ~= nil and high * 256 + low > today
end

local function to_bytes(hex)
  return (string.gsub(hex, '%x%x', function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

local function former_key(name)
  return KEYS[3] .. ':' .. string.gsub(name, '.', function(character)
    return string.format('%02x', byte(character))
  end)
end

-- What layout 2 kept under a name: a mark in letters, or '>' and the article's id in letters.
local function formerly_known(name)
  local value = call('GET', former_key(name))
  if not value or sub(value, 1, 1) ~= '>' or value == '>' then
    return value or nil
  end
  return '=' .. sub(value, 2)
end

-- What is known under a name, nil where nothing is.
local function look_up(name)
  local field = sub(name, 1, 8)
  local bucket = prefix .. number_of_bucket(field)
  local value = call('HGET', bucket, field)
  if value and is_alive(value) then
    local more = #value == MOST_BYTES and call('HGET', bucket, field .. '+')
    return sub(value, 3) .. (more and sub(more, 3) or '')
  end
  return has_former and formerly_known(name) or nil
end

local function leads_elsewhere(content)
  local first = sub(content, 1, 1)
  return first == '>' or first == '='
end

-- The 16 bytes of the article that a name leads to, nil for one that articles share.
local function led_to(content)
  if content == '>' then
    return nil
  end
  local rest = sub(content, 2)
  if sub(content, 1, 1) == '>' then
    return rest
  end
  local is_digest = #rest == 32 and not string.find(rest, '[^0-9a-f]')
  return to_bytes(is_digest and rest or sub(redis.sha1hex(rest), 1, 32))
end

-- Of a mark: the 8 bytes that name its words; nil for what is no mark.
local function fingerprint_of(content)
  local first = byte(content, 1) or 0
  if first >= 128 then
    return sub(content, 5, 12)
  end
  if sub(content, 1, 1) == '{' then
    local readable, fields = pcall(cjson.decode, content)
    local known = readable and type(fields) == 'table' and fields.fingerprint
    return type(known) == 'string' and to_bytes(sub(known, 1, 16)) or nil
  end
  local known = string.match(content, '^([^:>=]*):')
  return known and to_bytes(known) or nil
end

local function with_number(mark)
  local source = sub(mark, 2, 9)
  local number = call('HGET', KEYS[2], source)
  if not number then
    local count = call('HLEN', KEYS[2]) / 2
    number = string.char(math.floor(count / 65536), math.floor(count / 256) % 256, count % 256)
    call('HSET', KEYS[2], source, number, number, source)
  end
  return sub(mark, 1, 1) .. number .. sub(mark, 10)
end

local sources = {}

-- A mark of layout 1 or 2 is as it was; one whose source is gone is one of which only the words are known.
local function with_source(mark)
  if (byte(mark, 1) or 0) < 128 then
    return mark
  end
  local number = sub(mark, 2, 4)
  if not sources[number] then
    sources[number] = call('HGET', KEYS[2], number) or string.rep('\0', 8)
  end
  return sub(mark, 1, 1) .. sources[number] .. sub(mark, 5)
end

local function sweep(bucket)
  local all, dead = call('HGETALL', bucket), {}
  for place = 1, #all, 2 do
    if not is_alive(all[place + 1]) then
      dead[#dead + 1] = all[place]
    end
  end
  if #dead > 0 then
    call('HDEL', bucket, unpack(dead))
  end
end

-- Written anew, so that one that held too much is packed again.
local function write(bucket, entries)
  call('DEL', bucket)
  if #entries > 0 then
    call('HSET', bucket, unpack(entries))
    call('EXPIRE', bucket, BUCKET_SECONDS)
  end
end

local function split_next()
  local from, to = buckets - span, buckets
  local all = call('HGETALL', prefix .. from)
  buckets = buckets + 1
  call('SET', KEYS[1], buckets)
  if buckets == twice then
    span, twice = buckets, buckets * 2
  end
  local staying, moving = {}, {}
  for place = 1, #all, 2 do
    local field, value = all[place], all[place + 1]
    if is_alive(value) then
      local entries = number_of_bucket(field) == to and moving or staying
      entries[#entries + 1] = field
      entries[#entries + 1] = value
    end
  end
  write(prefix .. from, staying)
  write(prefix .. to, moving)
end

-- What is known under a name from now on, for some days and what is left of this one.
local function remember(name, content, days)
  local field = sub(name, 1, 8)
  local bucket = prefix .. number_of_bucket(field)
  local ends = today + days + 1
  local day = string.char(math.floor(ends / 256), ends % 256)
  local fits = MOST_BYTES - 2
  if byte(content, 1) >= 128 then
    content = with_number(content)
  end
  local added = call('HSET', bucket, field, day .. sub(content, 1, fits))
  if #content > fits then
    call('HSET', bucket, field .. '+', day .. sub(content, fits + 1))
  elseif added == 0 then
    call('HDEL', bucket, field .. '+')
  end
  if has_former then
    call('DEL', former_key(name))
  end
  local left = call('TTL', bucket)
  if left < SWEPT_AGAIN then
    if left >= 0 then
      sweep(bucket)
    end
    call('EXPIRE', bucket, BUCKET_SECONDS)
  end
  if added > 0 and call('HLEN', bucket) > MOST_ENTRIES then
    split_next()
  end
end
