--[[
  Reads the parts of a hand-out of a taskforce to start, in one round trip. Changes nothing.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] task directive's record
  ARGV[1…] fields of the taskforce's record

  Returns the values of the fields, false where a field is absent
          1 when the workflow exists and is active, else 0
          the document of the task directive, false when there is none
]]
local active = redis.call('EXISTS', KEYS[2]) == 1 and not is_deactivated(KEYS[2])
return { redis.call('HMGET', KEYS[1], unpack(ARGV)), active and 1 or 0, redis.call('HGET', KEYS[3], 'doc') }
