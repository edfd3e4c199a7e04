--[[
  Records that the TMS submitted a taskforce to HTCondor.

  KEYS[1] taskforce record   KEYS[2] workflow record   KEYS[3] index of taskforces   KEYS[4] dirty workflows
  ARGV[1] member   ARGV[2] now   ARGV[3] cluster_id   ARGV[4] n_workers   ARGV[5] value of the field `submission`
  ARGV[6] job_event_log_fpath   ARGV[7] rest of the log entry   ARGV[8] the same for a deactivated workflow

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
if cluster == ARGV[3] then
  return { 0, schedd }
end
local deactivated = is_deactivated(KEYS[2])
if cluster or not (may_enter(phase, 'condor-submit') or (deactivated and phase == 'pending-stopper')) then
  return { -1, schedd }
end

redis.call('HSET', KEYS[1], 'cluster_id', ARGV[3], 'n_workers', ARGV[4], 'submission', ARGV[5])
local created = redis.call('ZSCORE', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[3] .. ':cluster_id:' .. ARGV[3], created, ARGV[1])
if ARGV[6] ~= '' then
  redis.call('ZADD', KEYS[3] .. ':job_event_log_fpath:' .. ARGV[6], created, ARGV[1])
end
mark_dirty(KEYS[4], ARGV[1])
if deactivated then
  if phase == 'pending-stopper' then
    redis.call('ZADD', KEYS[3] .. ':stopping', created, ARGV[1])
  end
  append_log(KEYS[1], ARGV[2], ARGV[8])
  return { 2, schedd }
end
append_log(KEYS[1], ARGV[2], ARGV[7])
enter_phase(KEYS[1], KEYS[3], ARGV[1], phase, 'condor-submit', ARGV[2], schedd)
return { 1, schedd }
