--[[
  Removes jobs that are not leased. BullMQ's own script takes a single job.

  KEYS[1…] the sorted sets of a queue
  ARGV[1] prefix of the keys of its jobs   ARGV[2…] ids of jobs

  Returns the ids of other jobs, which are leased or in a list
]]
local others = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local removed = 0
  for _, key in ipairs(KEYS) do
    removed = removed + redis.call('ZREM', key, id)
  end
  if removed > 0 then
    redis.call('DEL', ARGV[1] .. id, ARGV[1] .. id .. ':logs')
  elseif redis.call('EXISTS', ARGV[1] .. id) == 1 then
    others[#others + 1] = id
  end
end
return others
