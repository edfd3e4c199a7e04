--[[
  Adds taskforces to the index of those that wait to be stopped, or removes them, according to their records.

  KEYS[1] index of taskforces
  ARGV members

  Returns the number of repaired index entries
]]
local repaired = 0
for _, member in ipairs(ARGV) do
  local phase, cluster = unpack(redis.call('HMGET', RECORDS .. member, 'phase', 'cluster_id'))
  if phase == 'pending-stopper' and cluster then
    repaired = repaired + redis.call('ZADD', INDEX .. ':stopping', redis.call('ZSCORE', INDEX, member), member)
  else
    repaired = repaired + redis.call('ZREM', INDEX .. ':stopping', member)
  end
end
return repaired
