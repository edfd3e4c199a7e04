--[[
  Records a failed attempt to move a taskforce forward, if it is still where the attempt began.

  KEYS[1] taskforce record   KEYS[2] workflow record
  ARGV[1] phase it must be in   ARGV[2] now   ARGV[3] log entry's rest

  Returns 1 noted, 0 not in that phase, no such taskforce, or its workflow is deactivated
]]
if redis.call('HGET', KEYS[1], 'phase') ~= ARGV[1] or is_deactivated(KEYS[2]) then
  return 0
end
append_log(KEYS[1], ARGV[2], ARGV[3])
return 1
