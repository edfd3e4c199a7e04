--[[
  What a hand-out of a taskforce that is to be started is made of, in one round trip. Changes nothing.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] task directive's record
  ARGV    the fields of the taskforce's record that are wanted

  Returns their values, false where one is absent
          1 when the workflow is there and active, else 0
          the task directive's document; false when there is none
]]
local active = redis.call('EXISTS', KEYS[2]) == 1 and not is_deactivated(KEYS[2])
return { redis.call('HMGET', KEYS[1], unpack(ARGV)), active and 1 or 0, redis.call('HGET', KEYS[3], 'doc') }
