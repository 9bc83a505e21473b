#!lua
-- Takes a lease that is free, or prolongs one's own. Each new leadership has a term of its own, greater than all before;
-- a lease that ran out goes on under the same term where nobody led in between.
--
-- KEYS 1 lease    string   its holder
--      2 term     string   number of the last leadership
-- ARGV 1 holder
--      2 milliseconds of the lease
--      3 term under which the holder led last; 0: it never did
-- Returns the term under which the holder has the lease, 0 where another has it.

local held_by = redis.call('GET', KEYS[1])
if held_by and held_by ~= ARGV[1] then
  return 0
end
local term = tonumber(redis.call('GET', KEYS[2]) or '0')
if term == 0 or (not held_by and term ~= tonumber(ARGV[3])) then
  term = redis.call('INCR', KEYS[2])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return term
