--[[
  Replaces a workflow's summary, unless another worker holds the lease by now: its summary is or will be newer. Updates
  the hash of the workflows that need attention, which a deactivated workflow leaves.

  KEYS[1] summary   KEYS[2] summary leases   KEYS[3] workflows that need attention   KEYS[4] workflow record
  ARGV[1] the workflow's member   ARGV[2] lease id   ARGV[3] summary (compressed JSON)
  ARGV[4] comma-separated codes of the findings that need attention

  Returns 1 saved, 0 lease lost: nothing changed
]]
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
if ARGV[4] == '' or is_deactivated(KEYS[4]) then
  redis.call('HDEL', KEYS[3], ARGV[1])
else
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
end
publish_event('["summary","' .. ARGV[1] .. '"]')
return 1
