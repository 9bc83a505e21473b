#!lua
-- Takes a lease that is free, or prolongs one's own.
--
-- KEYS 1 lease    string   its holder
-- ARGV 1 holder
--      2 milliseconds of the lease
-- Returns 1 where the holder has the lease, else 0.

local held_by = redis.call('GET', KEYS[1])
if held_by and held_by ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
