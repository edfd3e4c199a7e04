--[[
  Creates one taskforce, unless its workflow is deactivated.

  KEYS[1] workflow record   KEYS[2] taskforce record   KEYS[3] dirty workflows   KEYS[4] index of taskforces
  KEYS[5…] further indexes to enter
  ARGV[1] member   ARGV[2] creation time   ARGV[3…] fields and values of the record

  Returns 1 created and the workflow's queues are active, 0 created and they are not yet,
         -1 workflow deactivated, -2 no such workflow
]]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -2
end
if is_deactivated(KEYS[1]) then
  return -1
end
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
for i = 4, #KEYS do
  redis.call('ZADD', KEYS[i], ARGV[2], ARGV[1])
end
local phase, schedd = unpack(redis.call('HMGET', KEYS[2], 'phase', 'schedd'))
count(KEYS[4], phase, schedd, 1)
gather(ARGV[1], ARGV[2], ',"' .. phase .. '",1', nil, schedd)
mark_dirty(KEYS[3], ARGV[1])
return redis.call('HEXISTS', KEYS[1], 'mq_activated')
