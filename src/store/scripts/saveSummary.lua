--[[
  Replaces a workflow's summary, unless another worker holds the lease by now: its summary is or will be newer.

  KEYS[1] summary   KEYS[2] summary leases
  ARGV[1] the workflow's member   ARGV[2] lease id   ARGV[3] summary (compressed JSON)

  Returns 1 saved, 0 lease lost: nothing changed
]]
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
publish_event('["summary","' .. ARGV[1] .. '"]')
return 1
