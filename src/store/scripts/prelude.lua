--[[
  Precedes every script of this folder. `scripts.ts` defines MAX_STREAM_ENTRIES and PHASE_TRANSITIONS before it.

  A taskforce's record is a hash. Scripts change these of its fields:
    phase            the phase
    since            epoch seconds of the entry into the phase, or of the last failure or retry in it
    log              phase changes as JSON text without outer brackets: [time,target,ok,event time,source,context],…
                     Texts of logDictionary.ts are numbers. Scripts only append text: cjson would turn [] into {} and
                     truncate floats
    submit_failures  condor-submits that failed under a lease, since creation or an operator's retry
    remove_failures  condor-rms that failed under a lease

  ARGV holds a log entry in two pieces: the time, and the rest, `,target,ok,null,source,context]`. The rest of a
  repeated report is equal, although its time differs.

  Each change appends an event to the partition's stream. `eventStreams.ts` defines the tuples.
]]
-- prefix: the common prefix of the keys of a partition
local function publish_event(prefix, event)
  redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', MAX_STREAM_ENTRIES, '*', 'e', event)
end

-- Returns the event without the members of the taskforces, which end it. from: the previous phase, as JSON
local function phase_event(now, rest, from, schedd)
  return '["phase",' .. now .. string.match(rest, '^,[^,]*,%d') .. ',' .. from .. ',' .. cjson.encode(schedd)
end

-- Call this before the phase changes, because the event names the previous phase.
-- members_by_event: a table that groups members by equal events for publish_grouped; nil publishes the event at once
-- Returns the schedd
local function append_log(record, now, rest, members_by_event)
  local entry = '[' .. now .. rest
  local log, phase, schedd = unpack(redis.call('HMGET', record, 'log', 'phase', 'schedd'))
  if log and log ~= '' then
    entry = log .. ',' .. entry
  end
  redis.call('HSET', record, 'log', entry)
  local prefix, member = string.match(record, '^(.-}:)taskforce:(.*)$')
  local event = phase_event(now, rest, '"' .. phase .. '"', schedd)
  if not members_by_event then
    publish_event(prefix, event .. ',"' .. member .. '"]')
  elseif members_by_event[event] then
    table.insert(members_by_event[event], member)
  else
    members_by_event[event] = { member }
    table.insert(members_by_event, event)
  end
  return schedd
end

local function publish_grouped(prefix, members_by_event)
  for _, event in ipairs(members_by_event) do
    publish_event(prefix, event .. ',"' .. table.concat(members_by_event[event], '","') .. '"]')
  end
end

local function last_log_entry_is(record, rest)
  local log = redis.call('HGET', record, 'log')
  return log and string.sub(log, -string.len(rest)) == rest
end

-- index: the sorted set of all taskforces of the partition. Its key is the prefix of the indexes by phase, of the index
-- of taskforces to stop, and of the counts by phase and schedd
local function count(index, phase, schedd, by)
  redis.call('HINCRBY', index .. ':counts', phase .. ' ' .. schedd, by)
end

local function enter_phase(record, index, member, from, to, now, schedd)
  redis.call('HSET', record, 'phase', to, 'since', now)
  count(index, from, schedd, -1)
  count(index, to, schedd, 1)
  local created = redis.call('ZSCORE', index, member)
  redis.call('ZREM', index .. ':phase:' .. from, member)
  redis.call('ZADD', index .. ':phase:' .. to, created, member)
  if from == 'pending-stopper' then
    redis.call('ZREM', index .. ':stopping', member)
  elseif to == 'pending-stopper' and redis.call('HEXISTS', record, 'cluster_id') == 1 then
    redis.call('ZADD', index .. ':stopping', created, member)
  end
end

-- the member of a taskforce begins with the member of its workflow
local function mark_dirty(dirty, member)
  redis.call('SADD', dirty, string.match(member, '^%x+%-%x+'))
end

local function is_deactivated(workflow)
  return redis.call('HEXISTS', workflow, 'deactivated') == 1
end

-- Replaces the claim of a request that takes effect once by its result. A request whose claim has expired continues,
-- unless the key holds the claim or the result of a repetition: then this returns false.
-- claim: '' for a request that takes effect each time   value: the result, which expires after so many seconds
local function settle_claim(key, claim, value, seconds)
  if claim == '' then
    return true
  end
  local held = redis.call('GET', key)
  if held and held ~= claim then
    return false
  end
  redis.call('SET', key, value, 'EX', seconds)
  return true
end

-- PHASE_TRANSITIONS: the legal transitions of domain/phases.ts, '<from> <to>' → true
local function may_enter(from, to)
  return PHASE_TRANSITIONS[from .. ' ' .. to]
end

-- number of taskforces, from first to last of an index, that a deactivation moves to pending-stopper
local function count_stoppable(index, prefix, first, last)
  local count = 0
  for _, member in ipairs(redis.call('ZRANGE', index, first, last)) do
    local phase = redis.call('HGET', prefix .. member, 'phase')
    if phase and may_enter(phase, 'pending-stopper') then
      count = count + 1
    end
  end
  return count
end
