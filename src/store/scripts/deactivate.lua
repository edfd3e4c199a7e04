--[[
  Marks a workflow as deactivated, once. From then on none of its taskforces moves forward. `stopTaskforces` moves them
  to pending-stopper afterwards, in batches.

  KEYS[1] workflow record   KEYS[2] index of the workflow's taskforces
  ARGV[1] workflow's member   ARGV[2] reason   ARGV[3] now   ARGV[4] number of taskforces to examine

  Returns the number of stoppable ones among the examined taskforces, and the number of all taskforces
         -1 no such workflow, or already deactivated
]]
if redis.call('EXISTS', KEYS[1]) == 0 or is_deactivated(KEYS[1]) then
  return -1
end
redis.call('HSET', KEYS[1], 'deactivated', ARGV[2], 'deactivated_ts', ARGV[3])
local index = PREFIX .. 'ix:workflow'
redis.call('ZREM', index .. ':deactivated:ACTIVE', ARGV[1])
redis.call('ZADD', index .. ':deactivated:' .. ARGV[2], redis.call('ZSCORE', index, ARGV[1]), ARGV[1])
redis.call('SADD', PREFIX .. 'deactivating', ARGV[1])
redis.call('SADD', PREFIX .. 'dirty', ARGV[1])
publish_event('["deactivated",' .. ARGV[3] .. ',"' .. ARGV[2] .. '","' .. ARGV[1] .. '"]')
return { count_stoppable(KEYS[2], 0, ARGV[4] - 1), redis.call('ZCARD', KEYS[2]) }
