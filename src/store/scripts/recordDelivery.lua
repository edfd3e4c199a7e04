--[[
  Records the outcome of an attempt to call a webhook, unless the webhook was removed. The oldest outcomes give way.

  KEYS[1] webhooks   KEYS[2] outcomes of the webhook
  ARGV[1] id   ARGV[2] the outcome as JSON   ARGV[3] maximum number of outcomes

  Returns nothing
]]
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('LPUSH', KEYS[2], ARGV[2])
  redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[3]) - 1)
end
