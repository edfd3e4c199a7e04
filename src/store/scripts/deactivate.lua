--[[
  Marks a workflow as deactivated, once. From then on none of its taskforces moves forward. `stopTaskforces` moves them
  to pending-stopper afterwards, in batches.

  KEYS[1] workflow record   KEYS[2] index of the workflow's taskforces   KEYS[3] key of the guard
  ARGV[1] guard   ARGV[2] workflow's member   ARGV[3] reason   ARGV[4] now
  ARGV[5] number of taskforces to examine   ARGV[6] number of stoppable ones among the others, '' when it is not known

  Returns the number of stoppable taskforces
         -1 no such workflow, or already deactivated
         { n } the others must be counted before: there are n taskforces. Nothing changed
         or a refusal of the guard
]]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -1
end
local guard = parse_guard(ARGV[1])
local refusal = refusal_of(KEYS[3], guard)
if refusal then
  return refusal
end
if is_deactivated(KEYS[1]) then
  return -1
end
local total = redis.call('ZCARD', KEYS[2])
if ARGV[6] == '' and total > tonumber(ARGV[5]) then
  return { total }
end
redis.call('HSET', KEYS[1], 'deactivated', ARGV[3], 'deactivated_ts', ARGV[4])
local index = PREFIX .. 'ix:workflow'
redis.call('ZREM', index .. ':deactivated:ACTIVE', ARGV[2])
redis.call('ZADD', index .. ':deactivated:' .. ARGV[3], redis.call('ZSCORE', index, ARGV[2]), ARGV[2])
redis.call('SADD', PREFIX .. 'deactivating', ARGV[2])
redis.call('SADD', PREFIX .. 'dirty', ARGV[2])
publish_event('["deactivated",' .. ARGV[4] .. ',"' .. ARGV[3] .. '","' .. ARGV[2] .. '"]')
local stoppable = count_stoppable(KEYS[2], 0, ARGV[5] - 1) + (tonumber(ARGV[6]) or 0)
record_effect(KEYS[3], guard, string.format('%d', stoppable))
return stoppable
