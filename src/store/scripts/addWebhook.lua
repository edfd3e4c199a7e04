--[[
  Registers a webhook, within the limits of its owner and of all.

  KEYS[1] webhooks   KEYS[2] hash owner -> number of webhooks   KEYS[3] version
  ARGV[1] id   ARGV[2] the webhook as JSON   ARGV[3] owner   ARGV[4] maximum number of an owner   ARGV[5] of all

  Returns 1 registered, 0 the owner has too many, -1 there are too many
]]
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then
  return -1
end
if tonumber(redis.call('HGET', KEYS[2], ARGV[3]) or 0) >= tonumber(ARGV[4]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[2], ARGV[3], 1)
redis.call('INCR', KEYS[3])
return 1
