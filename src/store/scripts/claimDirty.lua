--[[
  Leases some workflows whose summary is out of date.

  KEYS[1] set of dirty workflows   KEYS[2] hash of workflows being summarized
  ARGV[1] maximum number   ARGV[2] id of the lease

  Returns the members of the workflows
]]
local members = redis.call('SPOP', KEYS[1], ARGV[1])
for _, member in ipairs(members) do
  redis.call('HSET', KEYS[2], member, ARGV[2])
end
return members
