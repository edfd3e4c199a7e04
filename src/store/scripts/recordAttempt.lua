--[[
  Logs a failed attempt to move a taskforce forward, if the taskforce is still in the phase of the attempt.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] dirty workflows
  ARGV[1] required phase   ARGV[2] now   ARGV[3] rest of the log entry   ARGV[4] member

  Returns 1 logged, 0 other phase, no such taskforce, or workflow deactivated
]]
if redis.call('HGET', KEYS[1], 'phase') ~= ARGV[1] or is_deactivated(KEYS[2]) then
  return 0
end
append_log(KEYS[1], ARGV[2], ARGV[3])
mark_dirty(KEYS[3], ARGV[4])
return 1
