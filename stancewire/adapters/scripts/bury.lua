#!lua
-- Ends an item as a dead letter and keeps its payload for a while; an item that is not pending changes nothing.
--
-- KEYS 1 pending        zset
--      2 item           string   payload
--      3 attempts       hash
--      4 dead letters   stream
--      5 counters       hash
-- ARGV 1 item id
--      2 reason
--      3 dead letter, JSON
--      4 greatest length of the stream
--      5 seconds that the payload is kept
-- Returns 1 where the item was buried, else 0.

if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[4], '*', 'item', ARGV[1], 'reason', ARGV[2], 'data', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HINCRBY', KEYS[5], 'items_dead', 1)
return 1
