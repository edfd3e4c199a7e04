--[[
  Adds jobs to a queue. add_job, which precedes this script, is BullMQ's own script for one job.

  KEYS     those of BullMQ's script
  ARGV[1] prefix of the keys of the queue   ARGV[2] name of the jobs   ARGV[3] data of the jobs   ARGV[4] epoch ms
  ARGV[5…] id and rank of each job

  A job that the queue has already, in any state, stays unchanged.
]]
local prefix, name, data, timestamp = unpack(ARGV, 1, 4)
for i = 5, #ARGV, 2 do
  local arguments = cmsgpack.pack({ prefix, ARGV[i], name, tonumber(timestamp) })
  add_job(KEYS, { arguments, data, cmsgpack.pack({ priority = tonumber(ARGV[i + 1]) }) })
end
