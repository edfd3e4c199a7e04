--[[
  Adds taskforces to the index of those that wait to be stopped, or removes them, according to their records.

  KEYS[1] index of taskforces
  ARGV[1] key prefix of taskforce records   ARGV[2…] members

  Returns the number of repaired index entries
]]
local repaired = 0
for i = 2, #ARGV do
  local phase, cluster = unpack(redis.call('HMGET', ARGV[1] .. ARGV[i], 'phase', 'cluster_id'))
  if phase == 'pending-stopper' and cluster then
    repaired = repaired + redis.call('ZADD', KEYS[1] .. ':stopping', redis.call('ZSCORE', KEYS[1], ARGV[i]), ARGV[i])
  else
    repaired = repaired + redis.call('ZREM', KEYS[1] .. ':stopping', ARGV[i])
  end
end
return repaired
