--[[
  Reads a workflow with its task directives and taskforces in one step, unless there are too many. Changes nothing.

  KEYS[1] record of the workflow   KEYS[2] index of its task directives   KEYS[3] index of its taskforces
  KEYS[4] its mq-profiles   KEYS[5] set of the workflows whose deactivation is under way
  KEYS[6] its history
  ARGV[1] the workflow's member   ARGV[2] maximum number of task directives and taskforces

  Returns { } no such workflow, { n } there are n task directives and taskforces, or
          { 0, fields of the workflow, fields of the profiles, 1 when its deactivation is under way,
            history or '', members of the directives, their fields, members of the taskforces, their fields }
]]
local prefix = string.match(KEYS[1], '^.-}:')
local workflow = redis.call('HGETALL', KEYS[1])
if #workflow == 0 then
  return {}
end
local count = redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[3])
if count > tonumber(ARGV[2]) then
  return { count }
end

local function read_all(kind, index)
  local members = redis.call('ZRANGE', index, 0, -1)
  local records = {}
  for i, member in ipairs(members) do
    records[i] = redis.call('HGETALL', prefix .. kind .. ':' .. member)
  end
  return members, records
end

local tasks, task_records = read_all('task', KEYS[2])
local taskforces, taskforce_records = read_all('taskforce', KEYS[3])
return {
  0, workflow, redis.call('HGETALL', KEYS[4]), redis.call('SISMEMBER', KEYS[5], ARGV[1]),
  redis.call('GET', KEYS[6]) or '',
  tasks, task_records, taskforces, taskforce_records,
}
