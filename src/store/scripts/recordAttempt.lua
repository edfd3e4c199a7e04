--[[
  Records a failed attempt to move a taskforce forward, if it is still where the attempt began.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] dirty workflows
  ARGV[1] phase it must be in   ARGV[2] now   ARGV[3] log entry's rest   ARGV[4] member

  Returns 1 noted, 0 not in that phase, no such taskforce, or its workflow is deactivated
]]
if redis.call('HGET', KEYS[1], 'phase') ~= ARGV[1] or is_deactivated(KEYS[2]) then
  return 0
end
append_log(KEYS[1], ARGV[2], ARGV[3])
mark_dirty(KEYS[3], ARGV[4])
return 1
