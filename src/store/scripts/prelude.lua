--[[
  Precedes every script of this folder. `scripts.ts` defines the constants in capitals before it.

  A script changes one partition: KEYS[1] is one of its keys, and all other keys follow from the common prefix.

  A taskforce's record is a hash. Scripts change these of its fields:
    phase            the phase
    since            epoch seconds of the entry into the phase, or of the last failure or retry in it
    log              phase changes as JSON text without outer brackets: [time,target,ok,event time,source,context],…
                     Texts of the log dictionary are numbers. Scripts treat the log as text: cjson would turn [] into
                     {} and truncate floats
    log_entries      number of log entries; absent while the log is short
    submit_failures  condor-submits that failed under a lease, since creation or an operator's retry
    remove_failures  condor-rms that failed under a lease
    expired_leases   leases in the phase that expired, since the last report or an operator's retry
    lease_expired_ts epoch seconds of the newest of them

  ARGV holds a log entry in two pieces: the time, and the rest, `,target,ok,null,source,context]`. The rest of a
  repeated report is equal, although its time differs.

  Each change appends an event to the partition's stream. `eventStreams.ts` defines the tuples.
]]
local PREFIX = string.match(KEYS[1], '^.-}:')
-- the sorted set of all taskforces. Its key is the prefix of the indexes by phase, of the index of taskforces to stop,
-- and of the counts by phase and schedd
local INDEX = PREFIX .. 'ix:taskforce'

local RECORDS = PREFIX .. 'taskforce:'

local function member_of(record)
  return string.sub(record, string.len(RECORDS) + 1)
end

-- the member of a taskforce begins with the member of its workflow
local function workflow_member_of(record)
  return string.match(member_of(record), '^%x+%-%x+')
end

local function mark_dirty(record)
  redis.call('SADD', PREFIX .. 'dirty', workflow_member_of(record))
end

-- workflow: the key of its record
local function is_deactivated(workflow)
  return redis.call('HEXISTS', workflow, 'deactivated') == 1
end

local function belongs_to_deactivated(record)
  return is_deactivated(PREFIX .. 'workflow:' .. workflow_member_of(record))
end

local function publish_event(event)
  redis.call('XADD', PREFIX .. 'events', 'MAXLEN', '~', MAX_STREAM_ENTRIES, '*', 'e', event)
end

-- Returns the event without the members of the taskforces, which end it. from: the previous phase, as JSON
local function phase_event(now, rest, from, schedd)
  return '["phase",' .. now .. string.match(rest, '^,[^,]*,%d') .. ',' .. from .. ',' .. cjson.encode(schedd)
end

-- Returns the position of the last byte of each entry of a log
local function find_entry_ends(log)
  -- without escaped quotes, the next quote ends a text. One replacement is much faster than a loop over them
  if string.find(log, '\\"', 1, true) or string.find(log, '\\\\', 1, true) then
    log = string.gsub(log, '\\["\\]', '..')
  end
  local ends = {}
  local found = 0
  while true do
    -- an entry holds texts and numbers, so a bracket outside of its texts ends it
    found = string.find(log, '["%]]', found + 1)
    if found and string.byte(log, found) == 93 then
      ends[#ends + 1] = found
    elseif found then
      found = string.find(log, '"', found + 1, true)
    end
    if not found then
      return ends
    end
  end
end

-- Leaves out entries between the oldest and the newest ones. One entry takes their place. It has the time, target and
-- outcome of the last of them, and counts them, together with those of earlier trims.
-- Returns the log and its number of entries
local function trim_log(log)
  local ends = find_entry_ends(log)
  -- quotes inside a text follow a backslash, so only the entry of an earlier trim matches
  local trimmer = string.find(log, ',"' .. LOG_TRIMMER .. '","', 1, true)
  local left_out = 0
  local head = 0
  if trimmer then
    while ends[head + 1] < trimmer do
      head = head + 1
    end
    left_out = tonumber(string.match(log, '^,"[^"]*","(%d+)', trimmer))
  else
    while head < LOG_LIMITS.headEntries and ends[head + 1] and ends[head + 1] <= LOG_LIMITS.headBytes do
      head = head + 1
    end
    -- the creation stays in any case
    head = math.max(head, 1)
  end
  local first = trimmer and head + 2 or head + 1
  local oldest = #ends - (LOG_LIMITS.trimmedEntries - head - 1) + 1
  local tail = #ends + 1
  while tail > math.max(oldest, first) and ends[head] + #log - ends[tail - 2] <= LOG_LIMITS.trimmedBytes do
    tail = tail - 1
  end
  if tail <= first then
    return log, #ends
  end
  left_out = left_out + tail - first
  local time, target, ok = string.match(log, '^%[([^,]+),([^,]+),(%d)', ends[tail - 2] + 2)
  local context = left_out .. (left_out == 1 and ' entry was' or ' entries were') .. ' left out here.'
  local entry = ',[' .. time .. ',' .. target .. ',' .. ok .. ',null,"' .. LOG_TRIMMER .. '","' .. context .. '"]'
  -- the rest begins with a comma, or is empty
  return string.sub(log, 1, ends[head]) .. entry .. string.sub(log, ends[tail - 1] + 1), #ends - tail + head + 2
end

-- Makes room for one more entry in a log, and keeps the number of entries of a long one
local function make_room(record, log, counted, entry)
  if #log < LOG_LIMITS.minBytesToCount then
    return log
  end
  local entries = tonumber(counted or #find_entry_ends(log))
  if entries >= LOG_LIMITS.maxEntries or #log + #entry >= LOG_LIMITS.maxBytes then
    log, entries = trim_log(log)
  end
  redis.call('HSET', record, 'log_entries', entries + 1)
  return log
end

-- Call this before the phase changes, because the event names the previous phase.
-- members_by_event: a table that groups members by equal events for publish_grouped; nil publishes the event at once
-- Returns the schedd
local function append_log(record, now, rest, members_by_event)
  local entry = '[' .. now .. rest
  local log, phase, schedd, counted = unpack(redis.call('HMGET', record, 'log', 'phase', 'schedd', 'log_entries'))
  if log and log ~= '' then
    entry = make_room(record, log, counted, entry) .. ',' .. entry
  end
  redis.call('HSET', record, 'log', entry)
  mark_dirty(record)
  local member = member_of(record)
  if string.match(rest, '^,[^,]*,(%d)') == '0' then
    redis.call('ZADD', INDEX .. ':failures:yes', redis.call('ZSCORE', INDEX, member), member)
  end
  local event = phase_event(now, rest, '"' .. phase .. '"', schedd)
  if not members_by_event then
    publish_event(event .. ',"' .. member .. '"]')
  elseif members_by_event[event] then
    table.insert(members_by_event[event], member)
  else
    members_by_event[event] = { member }
    table.insert(members_by_event, event)
  end
  return schedd
end

local function publish_grouped(members_by_event)
  for _, event in ipairs(members_by_event) do
    publish_event(event .. ',"' .. table.concat(members_by_event[event], '","') .. '"]')
  end
end

local function last_log_entry_is(record, rest)
  local log = redis.call('HGET', record, 'log')
  return log and string.sub(log, -string.len(rest)) == rest
end

-- Call this when the TMS has reported, or an operator retries
local function reset_expired_leases(record)
  if redis.call('HDEL', record, 'expired_leases', 'lease_expired_ts') > 0 then
    mark_dirty(record)
  end
end

-- leased: '1' when the report ended a running lease. Any other report may be a repetition, which is not logged again
local function log_failure(record, leased, now, rest)
  reset_expired_leases(record)
  if leased == '1' or not last_log_entry_is(record, rest) then
    append_log(record, now, rest)
  end
end

-- Counts a failure under a lease in a field of the record. Returns the number of counted failures
local function count_failure(record, field, leased, now)
  if leased ~= '1' then
    return tonumber(redis.call('HGET', record, field) or '0')
  end
  redis.call('HSET', record, 'since', now)
  return redis.call('HINCRBY', record, field, 1)
end

local function count(phase, schedd, by)
  redis.call('HINCRBY', INDEX .. ':counts', phase .. ' ' .. schedd, by)
end

-- Logs the change, as append_log does
local function enter_phase(record, from, to, now, rest, members_by_event)
  local schedd = append_log(record, now, rest, members_by_event)
  redis.call('HSET', record, 'phase', to, 'since', now)
  if from == 'pending-starter' or from == 'pending-stopper' then
    reset_expired_leases(record)
  end
  count(from, schedd, -1)
  count(to, schedd, 1)
  local member = member_of(record)
  local created = redis.call('ZSCORE', INDEX, member)
  redis.call('ZREM', INDEX .. ':phase:' .. from, member)
  redis.call('ZADD', INDEX .. ':phase:' .. to, created, member)
  if from == 'pending-stopper' then
    redis.call('ZREM', INDEX .. ':stopping', member)
  elseif to == 'pending-stopper' and redis.call('HEXISTS', record, 'cluster_id') == 1 then
    redis.call('ZADD', INDEX .. ':stopping', created, member)
  end
end

-- A guard keeps the effect of a request from being repeated. It is a claim (idempotencyClaims.ts) or a delivery mark
-- (deliveryMarks.ts), as JSON; '' for a request that takes effect in any case
local function parse_guard(text)
  return text ~= '' and cjson.decode(text)
end

-- Takes the mark of a lost response: from now on it is that of this request's response.
-- lost: a set of marks and of processes whose responses are lost   passed: a set of marks not to wait for
local function take_mark(key, guard)
  local marks = redis.call('HGETALL', key)
  local own = string.match(guard.field, '^[^.]+')
  local open = {}
  for i = 1, #marks, 2 do
    local field = marks[i]
    local process = string.match(field, '^[^.]+')
    local fate, made = string.match(marks[i + 1], '^(%l+) (.*)$')
    if fate == 'lost' or guard.lost and (guard.lost[field] or guard.lost[process]) then
      redis.call('HDEL', key, field)
      redis.call('HSET', key, guard.field, 'open ' .. made)
      return { 'made', made }
    elseif process ~= own and not (guard.passed and guard.passed[field]) then
      open[#open + 1] = field
    end
  end
  return #open > 0 and { 'open', unpack(open, 1, math.min(#open, 100)) }
end

-- Why the effect must not be written, as the reply of the script; false when it may be written. A request whose claim has
-- expired continues, unless the key holds the claim or the result of a repetition
local function refusal_of(key, guard)
  if not guard then
    return false
  elseif not guard.claim then
    return take_mark(key, guard)
  end
  local held = redis.call('GET', key)
  return held and held ~= guard.claim and { 'claim-lost' }
end

-- Call this in the step that writes the effect. made: what the effect makes
local function record_effect(key, guard, made)
  if not guard then
    return
  elseif guard.claim then
    redis.call('SET', key, cjson.encode({ digest = guard.digest, made = made }), 'EX', guard.seconds)
  else
    redis.call('HSET', key, guard.field, 'open ' .. made)
    redis.call('EXPIRE', key, guard.seconds)
  end
end

-- PHASE_TRANSITIONS: the legal transitions of domain/phases.ts, '<from> <to>' → true
local function may_enter(from, to)
  return PHASE_TRANSITIONS[from .. ' ' .. to]
end

-- number of taskforces, from first to last of an index, that a deactivation moves to pending-stopper
local function count_stoppable(index, first, last)
  local stoppable = 0
  for _, member in ipairs(redis.call('ZRANGE', index, first, last)) do
    local phase = redis.call('HGET', RECORDS .. member, 'phase')
    if phase and may_enter(phase, 'pending-stopper') then
      stoppable = stoppable + 1
    end
  end
  return stoppable
end
