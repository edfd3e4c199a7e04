--[[
  Replaces the annotations of a workflow, and its entries in the indexes by label, unless another request has replaced
  them meanwhile.

  KEYS[1] workflow record
  ARGV[1] workflow's member   ARGV[2] annotations that the caller has read, '' for none   ARGV[3] new ones, '' for none
  ARGV[4] JSON list of the keys of the indexes to leave   ARGV[5] JSON list of those to enter

  Returns 1 replaced   0 there are other annotations than ARGV[2]   -1 no such workflow
]]
local member = ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -1
end
if (redis.call('HGET', KEYS[1], 'annotations') or '') ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], 'annotations')
else
  redis.call('HSET', KEYS[1], 'annotations', ARGV[3])
end
local created = redis.call('ZSCORE', PREFIX .. 'ix:workflow', member)
for _, key in ipairs(cjson.decode(ARGV[4])) do
  redis.call('ZREM', key, member)
end
for _, key in ipairs(cjson.decode(ARGV[5])) do
  redis.call('ZADD', key, created, member)
end
return 1
