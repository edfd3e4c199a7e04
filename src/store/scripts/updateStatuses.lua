--[[
  Replaces the statuses of some taskforces of one partition.

  KEYS[1] dirty workflows
  ARGV[1] key prefix of taskforce records   ARGV[2] now
  ARGV[3…] for each taskforce: member, compound_statuses, top_task_errors; both JSON, '' keeps the stored value

  Returns 1 (updated) or 0 (no such taskforce) for each
]]
local found = {}
for i = 3, #ARGV, 3 do
  local record = ARGV[1] .. ARGV[i]
  local exists = redis.call('EXISTS', record)
  if exists == 1 then
    if ARGV[i + 1] ~= '' and ARGV[i + 2] ~= '' then
      redis.call('HSET', record, 'compound_statuses', ARGV[i + 1], 'top_task_errors', ARGV[i + 2],
        'statuses_ts', ARGV[2])
    elseif ARGV[i + 1] ~= '' then
      redis.call('HSET', record, 'compound_statuses', ARGV[i + 1], 'statuses_ts', ARGV[2])
    else
      redis.call('HSET', record, 'top_task_errors', ARGV[i + 2], 'statuses_ts', ARGV[2])
    end
    mark_dirty(KEYS[1], ARGV[i])
  end
  found[#found + 1] = exists
end
return found
