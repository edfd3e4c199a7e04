--[[
  Reads the parts of a hand-out of a taskforce to start, in one round trip. Changes nothing.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] task directive's record
  ARGV[1] maximum bytes of the log, and of the directive   ARGV[2…] fields of the taskforce's record

  Returns 1 when the workflow exists and is active, else 0
          the values of the fields, false where a field is absent
          the document of the task directive, false when there is none
          The last two are missing when one of them is too large
]]
local active = (redis.call('EXISTS', KEYS[2]) == 1 and not is_deactivated(KEYS[2])) and 1 or 0
local limit = tonumber(ARGV[1])
if redis.call('HSTRLEN', KEYS[1], 'log') > limit or redis.call('HSTRLEN', KEYS[3], 'doc') > limit then
  return { active }
end
return { active, redis.call('HMGET', KEYS[1], unpack(ARGV, 2)), redis.call('HGET', KEYS[3], 'doc') }
