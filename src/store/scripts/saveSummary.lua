--[[
  Replaces a workflow's summary, unless somebody else has begun another one since: that one is newer, or will be.

  KEYS[1] summary   KEYS[2] who makes which summary
  ARGV[1] the workflow's member   ARGV[2] the turn in which the summary was made   ARGV[3] the summary (JSON)

  Returns 1 saved, 0 the turn is over: nothing changed
]]
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
publish_event(string.match(KEYS[1], '^.-}:'), '["summary","' .. ARGV[1] .. '"]')
return 1
