--[[
  Records that the TMS submitted a taskforce to HTCondor.

  KEYS[1] taskforce record
  ARGV[1] now   ARGV[2] rest of the log entry   ARGV[3] the same for a deactivated workflow
  ARGV[4] cluster_id   ARGV[5] n_workers   ARGV[6] value of the field `submission`   ARGV[7] value of the index key of job_event_log_fpath, '' for none

  Returns a code and the taskforce's schedd, which saves the caller a read
          2 stored, but the workflow is deactivated: the cluster must be stopped
          1 stored, phase condor-submit
          0 repeated report: nothing changed
         -1 not pending-starter
         -2 no such taskforce; the schedd is ''
]]
local phase, cluster, schedd = unpack(redis.call('HMGET', KEYS[1], 'phase', 'cluster_id', 'schedd'))
if not phase then
  return { -2, '' }
end
if cluster == ARGV[4] then
  return { 0, schedd }
end
local deactivated = belongs_to_deactivated(KEYS[1])
if cluster or not (may_enter(phase, 'condor-submit') or (deactivated and phase == 'pending-stopper')) then
  return { -1, schedd }
end

redis.call('HSET', KEYS[1], 'cluster_id', ARGV[4], 'n_workers', ARGV[5], 'submission', ARGV[6])
local member = member_of(KEYS[1])
local created = redis.call('ZSCORE', INDEX, member)
redis.call('ZADD', INDEX .. ':cluster_id:' .. ARGV[4], created, member)
if ARGV[7] ~= '' then
  redis.call('ZADD', INDEX .. ':job_event_log_fpath:' .. ARGV[7], created, member)
end
if not deactivated then
  enter_phase(KEYS[1], phase, 'condor-submit', ARGV[1], ARGV[2])
  return { 1, schedd }
end
if phase == 'pending-stopper' then
  redis.call('ZADD', INDEX .. ':stopping', created, member)
end
append_log(KEYS[1], ARGV[1], ARGV[3])
return { 2, schedd }
