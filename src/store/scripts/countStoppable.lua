--[[
  Counts those of some taskforces of a workflow that can be stopped.

  KEYS[1] index of the workflow's taskforces
  ARGV[1] what taskforce records' keys begin with   ARGV[2] the first of them   ARGV[3] the last of them

  Returns their number
]]
return count_stoppable(KEYS[1], ARGV[1], ARGV[2], ARGV[3])
