--[[
  Creates one taskforce, unless its workflow is deactivated.

  KEYS[1] workflow record   KEYS[2] taskforce record   KEYS[3…] indexes to enter
  KEYS[#KEYS] key of the guard
  ARGV[1] guard   ARGV[2] member   ARGV[3] creation time   ARGV[4] uuid   ARGV[5…] fields and values of the record

  Returns 1 created and the workflow's queues are active, 0 created and they are not active yet,
         -1 workflow deactivated, -2 no such workflow, or a refusal of the guard
]]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -2
end
local guard = parse_guard(ARGV[1])
local refusal = refusal_of(KEYS[#KEYS], guard)
if refusal then
  return refusal
end
if is_deactivated(KEYS[1]) then
  return -1
end
redis.call('HSET', KEYS[2], unpack(ARGV, 5))
for i = 3, #KEYS - 1 do
  redis.call('ZADD', KEYS[i], ARGV[3], ARGV[2])
end
local phase, schedd = unpack(redis.call('HMGET', KEYS[2], 'phase', 'schedd'))
count(phase, schedd, 1)
publish_event(phase_event(ARGV[3], ',"' .. phase .. '",1', 'null', schedd) .. ',"' .. ARGV[2] .. '"]')
mark_dirty(KEYS[2])
record_effect(KEYS[#KEYS], guard, ARGV[4])
return redis.call('HEXISTS', KEYS[1], 'mq_activated')
