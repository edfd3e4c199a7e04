--[[
  Removes a webhook and the outcomes of its deliveries.

  KEYS[1] webhooks   KEYS[2] hash owner -> number of webhooks   KEYS[3] version   KEYS[4] outcomes
  ARGV[1] id   ARGV[2] owner

  Returns nothing
]]
if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then
  if redis.call('HINCRBY', KEYS[2], ARGV[2], -1) <= 0 then
    redis.call('HDEL', KEYS[2], ARGV[2])
  end
  redis.call('INCR', KEYS[3])
end
redis.call('DEL', KEYS[4])
