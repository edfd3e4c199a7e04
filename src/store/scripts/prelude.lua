--[[
  Put before every script of this folder.

  A taskforce's record is a hash. The fields that scripts change:
    phase            the phase
    since            epoch seconds at which it entered the phase, or last failed or was retried in it
    log              phase changes as JSON text: [time,target,ok,event time,source,context],… without outer brackets;
                     texts of logWords.ts are numbers. It is only ever appended to as text: decoding and encoding would turn [] into {} and cut floats
    submit_failures  condor-submits that failed under a lease, since creation or an operator's retry
    remove_failures  condor-rms that failed under a lease

  A log entry comes as ARGV in two pieces: the time, and the rest, `,target,ok,null,source,context]`. So the time
  of a repeated report does not hide that the rest is the same.

  What a script changes is told in the partition's stream of events, in tuples that `eventStreams.ts` explains. MAX_STREAM_ENTRIES is
  about how many entries the stream keeps.
]]
-- prefix: what all keys of the partition begin with
local function publish_event(prefix, event)
  redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', MAX_STREAM_ENTRIES, '*', 'e', event)
end

-- from: the phase before, as JSON; the event ends with taskforces' members
local function phase_event(now, rest, from, schedd)
  return '["phase",' .. now .. string.match(rest, '^,[^,]*,%d') .. ',' .. from .. ',' .. cjson.encode(schedd)
end

-- To be called before the phase changes: the event names the one that it was.
-- members_by_event: where to gather taskforces of which the same is to be told, for publish_grouped; nil tells of one at once
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

-- index: the sorted set of all taskforces of the partition; beside it stand one for each phase, the one of those that wait to be
-- stopped, and the hash that counts taskforces by phase and schedd
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

-- a taskforce's index member begins with its workflow's
local function mark_dirty(dirty, member)
  redis.call('SADD', dirty, string.match(member, '^%x+%-%x+'))
end

local function is_deactivated(workflow)
  return redis.call('HEXISTS', workflow, 'deactivated') == 1
end

-- A request that takes effect once holds a claim at its key, and its result replaces the claim. A request whose claim has
-- expired continues, unless the key holds the claim or the result of a repetition: then this returns false.
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
