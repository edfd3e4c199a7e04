--[[
  Creates one taskforce, unless its workflow is deactivated.

  KEYS[1] workflow record   KEYS[2] taskforce record   KEYS[3…] indexes to enter
  KEYS[#KEYS] claim key of the request, or any key of the partition without a claim
  ARGV[1] member   ARGV[2] creation time   ARGV[3] claim, '' without one   ARGV[4] value to store at the claim key
  ARGV[5] seconds to keep that value   ARGV[6…] fields and values of the record

  Returns 1 created and the workflow's queues are active, 0 created and they are not active yet,
         -1 workflow deactivated, -2 no such workflow, -3 claim lost to a repetition of the request
]]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -2
end
if is_deactivated(KEYS[1]) then
  return -1
end
if not settle_claim(KEYS[#KEYS], ARGV[3], ARGV[4], ARGV[5]) then
  return -3
end
redis.call('HSET', KEYS[2], unpack(ARGV, 6))
for i = 3, #KEYS - 1 do
  redis.call('ZADD', KEYS[i], ARGV[2], ARGV[1])
end
local phase, schedd = unpack(redis.call('HMGET', KEYS[2], 'phase', 'schedd'))
count(phase, schedd, 1)
publish_event(phase_event(ARGV[2], ',"' .. phase .. '",1', 'null', schedd) .. ',"' .. ARGV[1] .. '"]')
mark_dirty(KEYS[2])
return redis.call('HEXISTS', KEYS[1], 'mq_activated')
