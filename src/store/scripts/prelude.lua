--[[
  Put before every script of this folder.

  A taskforce's record is a hash. The fields that scripts change:
    phase            the phase
    since            epoch seconds at which it entered the phase, or last failed or was retried in it
    log              phase changes as JSON text: [time,target,ok,event time,source,context],… without outer brackets.
                     It is only ever appended to as text: decoding and encoding would turn [] into {} and cut floats
    submit_failures  condor-submits that failed under a lease, since creation or an operator's retry
    remove_failures  condor-rms that failed under a lease

  A log entry comes as ARGV in two pieces: the time, and the rest, `,"target",ok,null,"source","context"]`. So the time
  of a repeated report does not hide that the rest is the same.

  What a script changes is told in the partition's stream of events, `eventStreams.ts` says how. Log entries are gathered, and
  told when the script has run: taskforces of which the same is to be told share an entry. EVENTS_KEPT is about how many
  entries the stream keeps.
]]
-- key: any of the partition
local function tell(key, event)
  local stream = string.match(key, '^.-}:') .. 'events'
  redis.call('XADD', stream, 'MAXLEN', '~', EVENTS_KEPT, '*', 'e', event)
end

local gathered, of_event = {}, {}

-- from: the phase before, nil for a new taskforce
local function gather(member, now, rest, from, schedd)
  local target, ok = string.match(rest, '^,("[^"]*"),(%d)')
  local event = '["phase",' .. now .. ',' .. target .. ',' .. ok .. ',' .. (from and '"' .. from .. '"' or 'null') ..
    ',' .. cjson.encode(schedd)
  if not of_event[event] then
    of_event[event] = { event }
    gathered[#gathered + 1] = of_event[event]
  end
  table.insert(of_event[event], '"' .. member .. '"')
end

-- runs behind every script
local function tell_gathered(key)
  for _, event in ipairs(gathered) do
    tell(key, table.concat(event, ',') .. ']')
  end
end

-- before the phase changes: the event names the one that it was
local function append_log(record, now, rest)
  local entry = '[' .. now .. rest
  local log, phase, schedd = unpack(redis.call('HMGET', record, 'log', 'phase', 'schedd'))
  if log and log ~= '' then
    entry = log .. ',' .. entry
  end
  redis.call('HSET', record, 'log', entry)
  gather(string.match(record, '}:taskforce:(.*)$'), now, rest, phase, schedd)
end

local function last_log_says(record, rest)
  local log = redis.call('HGET', record, 'log')
  return log and string.sub(log, -string.len(rest)) == rest
end

-- index: the sorted set of all taskforces of the partition; beside it stand one for each phase, and the hash that counts
-- taskforces by phase and schedd
local function count(index, phase, schedd, by)
  redis.call('HINCRBY', index .. ':counts', phase .. ' ' .. schedd, by)
end

local function enter_phase(record, index, member, from, to, now)
  redis.call('HSET', record, 'phase', to, 'since', now)
  local schedd = redis.call('HGET', record, 'schedd')
  count(index, from, schedd, -1)
  count(index, to, schedd, 1)
  local created = redis.call('ZSCORE', index, member)
  redis.call('ZREM', index .. ':phase:' .. from, member)
  redis.call('ZADD', index .. ':phase:' .. to, created, member)
end

-- a taskforce's index member begins with its workflow's
local function mark_dirty(dirty, member)
  redis.call('SADD', dirty, string.match(member, '^%x+%-%x+'))
end

local function is_deactivated(workflow)
  return redis.call('HEXISTS', workflow, 'deactivated') == 1
end
