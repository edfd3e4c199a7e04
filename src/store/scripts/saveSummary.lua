--[[
  Replaces a workflow's summary and history, unless another worker holds the lease by now: its summary is or will be
  newer, and it has read the history, too. Updates the hash of the workflows that need attention, which a deactivated
  workflow leaves, and the indexes by what the summary says.

  KEYS[1] summary   KEYS[2] summary leases   KEYS[3] workflows that need attention   KEYS[4] workflow record
  KEYS[5] index of all workflows   KEYS[6] history of the workflow
  ARGV[1] the workflow's member   ARGV[2] lease id   ARGV[3] summary (compressed JSON)
  ARGV[4] comma-separated codes of the findings that are counted   ARGV[5] 'error' or 'warning' if it needs attention, or ''
  ARGV[6] 'yes' when all its taskforces have ended, or ''   ARGV[7] last change, or ''   ARGV[8] running workers
  ARGV[9] its history, or '' when it stays

  Returns 1 saved, 0 lease lost: nothing changed
]]
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return 0
end
local member, codes, severity, ended = ARGV[1], ARGV[4], ARGV[5], ARGV[6]
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HDEL', KEYS[2], member)
if ARGV[9] ~= '' then
  redis.call('SET', KEYS[6], ARGV[9])
end
if is_deactivated(KEYS[4]) then
  codes, severity, ended = '', '', ''
end
if codes == '' then
  redis.call('HDEL', KEYS[3], member)
else
  redis.call('HSET', KEYS[3], member, codes)
end
local created = redis.call('ZSCORE', KEYS[5], member)

-- score: false when the workflow does not belong there
local function set_score(name, score)
  if created and score then
    redis.call('ZADD', KEYS[5] .. ':' .. name, score, member)
  else
    redis.call('ZREM', KEYS[5] .. ':' .. name, member)
  end
end

set_score('attention:error', severity == 'error' and created)
set_score('attention:warning', severity == 'warning' and created)
set_score('ended:yes', ended == 'yes' and created)
set_score('by-change', ARGV[7] ~= '' and ARGV[7])
set_score('by-workers', ARGV[8] ~= '0' and ARGV[8])
publish_event('["summary","' .. member .. '"]')
return 1
