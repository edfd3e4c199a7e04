--[[
  Records a stray cluster, or that it was reported again. The ones whose last report is the oldest give way.

  KEYS[1] ids by last report   KEYS[2] stray clusters
  ARGV[1] id   ARGV[2] now   ARGV[3] the cluster as JSON, if it is new   ARGV[4] maximum number of clusters

  Returns nothing
]]
redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
if surplus > 0 then
  local removed = redis.call('ZPOPMIN', KEYS[1], surplus)
  for i = 1, #removed, 2 do
    redis.call('HDEL', KEYS[2], removed[i])
  end
end
