--[[
  Counts the taskforces of a workflow that a deactivation moves to pending-stopper, in one range of the index.

  KEYS[1] index of the workflow's taskforces
  ARGV[1] first rank   ARGV[2] last rank

  Returns their number
]]
return count_stoppable(KEYS[1], ARGV[1], ARGV[2])
