--[[
  Marks a workflow as deactivated, once. From then on none of its taskforces moves forward. `stopTaskforces` moves them
  to pending-stopper afterwards, in batches.

  KEYS[1] workflow record   KEYS[2] index of the workflow's taskforces   KEYS[3] workflows being deactivated
  KEYS[4] dirty workflows
  ARGV[1] workflow's member   ARGV[2] reason   ARGV[3] now   ARGV[4] key prefix of taskforce records
  ARGV[5] number of taskforces to examine

  Returns the number of stoppable ones among the examined taskforces, and the number of all taskforces
         -1 no such workflow, or already deactivated
]]
if redis.call('EXISTS', KEYS[1]) == 0 or is_deactivated(KEYS[1]) then
  return -1
end
redis.call('HSET', KEYS[1], 'deactivated', ARGV[2], 'deactivated_ts', ARGV[3])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[1])
local event = '["deactivated",' .. ARGV[3] .. ',"' .. ARGV[2] .. '","' .. ARGV[1] .. '"]'
publish_event(string.match(KEYS[1], '^.-}:'), event)
return { count_stoppable(KEYS[2], ARGV[4], 0, ARGV[5] - 1), redis.call('ZCARD', KEYS[2]) }
