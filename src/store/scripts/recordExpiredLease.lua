--[[
  Counts a lease that expired without a report, if the taskforce is still in the phase of the lease.

  KEYS[1] taskforce record
  ARGV[1] phase   ARGV[2] now

  Returns 1 counted, 0 other phase, or no such taskforce
]]
if redis.call('HGET', KEYS[1], 'phase') ~= ARGV[1] then
  return 0
end
redis.call('HINCRBY', KEYS[1], 'expired_leases', 1)
redis.call('HSET', KEYS[1], 'lease_expired_ts', ARGV[2])
mark_dirty(KEYS[1])
return 1
