--[[
  Adds workflows or taskforces to the indexes that earlier releases do not have.

  KEYS[1] index of all entities of the kind
  ARGV[1] 'workflow' or 'taskforce'   ARGV[2] the priority without an index   ARGV[3…] members
]]
local index = KEYS[1]
local created

local function add(name, value, member)
  redis.call('ZADD', index .. ':' .. name .. ':' .. value, created, member)
end

local function add_workflow(record, member)
  add('deactivated', redis.call('HGET', record, 'deactivated') or 'ACTIVE', member)
  -- the next summary adds it to the indexes that follow summaries
  redis.call('SADD', PREFIX .. 'dirty', member)
end

local function add_taskforce(record, member)
  local priority, errors, log = unpack(redis.call('HMGET', record, 'priority', 'top_task_errors', 'log'))
  if priority ~= ARGV[2] then
    add('priority', priority, member)
  end
  if errors and errors ~= '{}' then
    add('errors', 'yes', member)
  end
  -- an entry is [time,target,0,…] after a failure. A text that looks like one does no harm
  if string.find(log, '%[[%d%.]+,[^,]*,0,') then
    add('failures', 'yes', member)
  end
end

local add_entity = ARGV[1] == 'workflow' and add_workflow or add_taskforce
for i = 3, #ARGV do
  local record = PREFIX .. ARGV[1] .. ':' .. ARGV[i]
  created = redis.call('ZSCORE', index, ARGV[i])
  if created and redis.call('EXISTS', record) == 1 then
    add_entity(record, ARGV[i])
  end
end
