--[[
  Logs that the TMS could not remove a taskforce from HTCondor, in any phase.

  KEYS[1] taskforce record   KEYS[2] key of the guard
  ARGV[1] now   ARGV[2] rest of the log entry   ARGV[3] '1' when the report ended a running lease
  ARGV[4] guard

  Returns the number of failures under a lease, -2 no such taskforce
]]
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -2
end
log_failure(KEYS[1], ARGV[3], ARGV[1], ARGV[2])
record_effect(KEYS[2], parse_guard(ARGV[4]), '')
return count_failure(KEYS[1], 'remove_failures', ARGV[3], ARGV[1])
