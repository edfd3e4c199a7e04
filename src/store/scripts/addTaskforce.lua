--[[
  Creates one taskforce, unless its workflow is deactivated.

  KEYS[1] workflow record   KEYS[2] taskforce record   KEYS[3] dirty workflows   KEYS[4] index of taskforces
  KEYS[5…] further indexes to enter   the last of KEYS: key of a request that takes effect once, else any
  ARGV[1] member   ARGV[2] creation time   ARGV[3] the request's claim, '' when it takes effect each time
  ARGV[4] what is kept at its key from now on   ARGV[5] seconds for which it is kept
  ARGV[6…] fields and values of the record

  Returns 1 created and the workflow's queues are active, 0 created and they are not yet,
         -1 workflow deactivated, -2 no such workflow, -3 overtaken by a repetition of the request
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
for i = 4, #KEYS - 1 do
  redis.call('ZADD', KEYS[i], ARGV[2], ARGV[1])
end
local phase, schedd = unpack(redis.call('HMGET', KEYS[2], 'phase', 'schedd'))
count(KEYS[4], phase, schedd, 1)
local event = phase_event(ARGV[2], ',"' .. phase .. '",1', 'null', schedd)
publish_event(string.match(KEYS[4], '^.-}:'), event .. ',"' .. ARGV[1] .. '"]')
mark_dirty(KEYS[3], ARGV[1])
return redis.call('HEXISTS', KEYS[1], 'mq_activated')
