#!lua flags=allow-oom
-- Takes letters off the dead for good, each with its item's payload; that of an item which is pending again stays. It is
-- allowed where memory is full, for it makes room.
--
-- KEYS 1 dead letters   stream
--      2 pending        zset
--      3 counters       hash
-- ARGV 1 prefix of the names of items
--      then the stream ids of the letters
-- Returns for each letter: `done` or `letter_gone`.

-- Read for its type only: a name that holds something else must stop the script before it has written anything.
redis.call('HLEN', KEYS[3])

local function drop(letter)
  local row = redis.call('XRANGE', KEYS[1], letter, letter)[1]
  if not row then
    return 'letter_gone'
  end
  for place = 1, #row[2], 2 do
    if row[2][place] == 'item' and not redis.call('ZSCORE', KEYS[2], row[2][place + 1]) then
      redis.call('DEL', ARGV[1] .. row[2][place + 1])
    end
  end
  redis.call('XDEL', KEYS[1], letter)
  redis.call('HINCRBY', KEYS[3], 'items_dropped', 1)
  return 'done'
end

local outcomes = {}
for place = 2, #ARGV do
  outcomes[place - 1] = drop(ARGV[place])
end
return outcomes
