--[[
  Replaces the statuses of some taskforces of one partition.

  KEYS[1] dirty workflows
  ARGV[1] now
  ARGV[2…] for each taskforce: member, compound_statuses, top_task_errors; both JSON, '' keeps the stored value

  Returns 1 (updated) or 0 (no such taskforce) for each
]]
local found = {}
for i = 2, #ARGV, 3 do
  local record = RECORDS .. ARGV[i]
  local exists = redis.call('EXISTS', record)
  if exists == 1 then
    local values = { 'statuses_ts', ARGV[1] }
    for offset, field in ipairs({ 'compound_statuses', 'top_task_errors' }) do
      if ARGV[i + offset] ~= '' then
        values[#values + 1] = field
        values[#values + 1] = ARGV[i + offset]
      end
    end
    redis.call('HSET', record, unpack(values))
    local errors = ARGV[i + 2]
    if errors == '{}' then
      redis.call('ZREM', INDEX .. ':errors:yes', ARGV[i])
    elseif errors ~= '' then
      redis.call('ZADD', INDEX .. ':errors:yes', redis.call('ZSCORE', INDEX, ARGV[i]), ARGV[i])
    end
    mark_dirty(record)
  end
  found[#found + 1] = exists
end
return found
