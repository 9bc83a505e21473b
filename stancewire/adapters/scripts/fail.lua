#!lua
-- Counts a failed attempt on a pending item.
--
-- KEYS 1 pending    zset
--      2 attempts   hash     item -> number
--      3 counters   hash
-- ARGV 1 item id
-- Returns how many attempts failed by now; 0 for an item that is not pending.

if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
redis.call('HINCRBY', KEYS[3], 'attempts_failed', 1)
return redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
