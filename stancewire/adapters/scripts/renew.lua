#!lua
-- Prolongs the lease on a running batch, unless it was taken away. By the server's own clock, for those of the hosts may
-- differ, and may be set.
--
-- KEYS 1 leases        zset     BATCH:EXECUTION -> end of the lease, s
--      2 execution     hash
--      3 executions    zset     EXECUTION -> end, s
--      4 rq job        hash
--      5 rq worker     hash
--      6 rq worker's executions   set
-- ARGV 1 lease's name, BATCH:EXECUTION
--      2 seconds of the lease
--      3 seconds that the worker lives without a sign
--      4 seconds that the job lives
-- Returns 1, or 0 where the lease was taken away.

redis.call('EXPIRE', KEYS[5], ARGV[3])
redis.call('EXPIRE', KEYS[6], ARGV[3])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local ends_at = time[1] + time[2] / 1000000 + ARGV[2]
redis.call('ZADD', KEYS[1], 'XX', string.format('%.3f', ends_at), ARGV[1])
redis.call('EXPIRE', KEYS[2], math.ceil(ARGV[2]))
redis.call('ZADD', KEYS[3], 'XX', string.format('%.3f', ends_at + 60), string.match(ARGV[1], ':(.+)$'))
redis.call('EXPIRE', KEYS[3], math.ceil(ARGV[2]) + 60)
-- RQ takes the expiry off a job that starts.
redis.call('EXPIRE', KEYS[4], ARGV[4])
return 1
