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
-- Takes in burying.lua

if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
local names = {pending = KEYS[1], payload = KEYS[2], attempts = KEYS[3], letters = KEYS[4], counters = KEYS[5]}
end_as_dead(names, ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
return 1
