#!lua
-- Notes how a worker ended that had a batch, for the letter of the one item that it still held. Where there are several,
-- nobody knows which of them it was, and no attempt is counted on any.
--
-- KEYS 1 pending   zset
--      2 batch     list     item ids
-- ARGV 1 prefix of the names of ends
--      2 how it ended
--      3 seconds that this is kept
-- Returns 1 where it was noted, else 0.

local LONGEST = 20
local held
for _, item in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if redis.call('ZSCORE', KEYS[1], item) then
    if held then
      return 0
    end
    held = item
  end
end
if not held then
  return 0
end
redis.call('RPUSH', ARGV[1] .. held, ARGV[2])
redis.call('LTRIM', ARGV[1] .. held, -LONGEST, -1)
redis.call('EXPIRE', ARGV[1] .. held, ARGV[3])
return 1
