#!lua
-- Gives a lease back, if it is one's own.
--
-- KEYS 1 lease    string   its holder
-- ARGV 1 holder
-- Returns 1 where the lease was given back, else 0.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
