--[[
  Reads ranges of indexes by creation time, and the workflows in staging. Changes nothing.

  The ranges of a request form groups. Every wanted entry is in each group: the script reads one group and leaves out the
  entries that are not in an index of every other group. It chooses the group with the fewest entries. Redis intersects
  groups of one index each by itself when one of them is small: of the others, nothing passes through Lua.

  KEYS for each request: the staged workflows of its partition, then the index of each range, group by group
  ARGV[1] 'oldest' or 'newest' first   ARGV[2] entries after which no further request is answered
  ARGV[3…] for each request: most entries to look at in each range, the number of groups among which to choose (the
           further ones are not read), the number of groups, for each group the number of its ranges, for each range the
           first and the last creation time, in the order of the walk

  Returns for each request that is answered: the staged workflows, the number of the group that was read, how many entries
          were looked at, then for each of its ranges that is not empty: its number, how many entries were read of it, the
          last of them, and the wanted ones as 'member time member time …'. Numbers count from 0
]]
local is_newest_first = ARGV[1] == 'newest'
local command = is_newest_first and 'ZREVRANGEBYSCORE' or 'ZRANGEBYSCORE'
local left = tonumber(ARGV[2])
local next_key, next_argument = 1, 3

local function take_number()
  next_argument = next_argument + 1
  return tonumber(ARGV[next_argument - 1])
end

local function take_request()
  local request = { staged = KEYS[next_key], limit = take_number(), choices = take_number(), groups = {} }
  local sizes = {}
  for group = 1, take_number() do sizes[group] = take_number() end
  next_key = next_key + 1
  for group, size in ipairs(sizes) do
    local ranges = {}
    for range = 1, size do
      ranges[range] = { key = KEYS[next_key], first = ARGV[next_argument], last = ARGV[next_argument + 1] }
      next_key, next_argument = next_key + 1, next_argument + 2
    end
    request.groups[group] = ranges
  end
  return request
end

local function count_entries(ranges)
  local count = 0
  for _, range in ipairs(ranges) do
    local from, to = range.first, range.last
    if is_newest_first then from, to = to, from end
    count = count + redis.call('ZCOUNT', range.key, from, to)
  end
  return count
end

local function choose_group(request)
  if request.choices == 1 then return 1 end
  local chosen, least
  for group = 1, request.choices do
    local count = count_entries(request.groups[group])
    if not least or count < least then chosen, least = group, count end
  end
  return chosen
end

-- Lua can pass some thousands of arguments.
local MEMBERS_PER_CALL = 1000

local function find_members(ranges, members)
  local is_found = {}
  for _, range in ipairs(ranges) do
    for first = 1, #members, MEMBERS_PER_CALL do
      local last = math.min(first + MEMBERS_PER_CALL - 1, #members)
      for i, score in ipairs(redis.call('ZMSCORE', range.key, unpack(members, first, last))) do
        if score then is_found[first + i - 1] = true end
      end
    end
  end
  return is_found
end

-- Leaves out the entries that are not in every other group.
local function wanted_entries(entries, groups, chosen)
  for group, ranges in ipairs(groups) do
    if group ~= chosen and #entries > 0 then
      local members, wanted = {}, {}
      for i = 1, #entries, 2 do members[#members + 1] = entries[i] end
      local is_found = find_members(ranges, members)
      for i = 1, #members do
        if is_found[i] then
          wanted[#wanted + 1] = entries[2 * i - 1]
          wanted[#wanted + 1] = entries[2 * i]
        end
      end
      entries = wanted
    end
  end
  return entries
end

-- Redis intersects the least number in 0.3 ms, the most in a millisecond.
local LEAST_INTERSECTED, MOST_INTERSECTED = 1000, 4000
-- Each read intersects whole indexes, whatever part of them it returns.
local MAX_READS_OF_AN_INDEX = 4

-- Returns the number of entries of the smallest index, or nil when Redis cannot intersect the groups, or none is small.
local function smallest_index(groups, limit)
  local most = math.min(MOST_INTERSECTED, math.max(LEAST_INTERSECTED, MAX_READS_OF_AN_INDEX * limit))
  local least = math.huge
  for _, ranges in ipairs(groups) do
    if #ranges ~= 1 then return nil end
    least = math.min(least, redis.call('ZCARD', ranges[1].key))
  end
  if #groups > 1 and least <= most then return least end
end

local function is_within(time, range)
  local first, last = tonumber(range.first), tonumber(range.last)
  if is_newest_first then first, last = last, first end
  return time >= first and time <= last
end

-- Reads the first wanted entries of groups of one index each, in the order of the walk.
local function intersect(groups, limit)
  local command = { 'ZINTER', #groups }
  for _, ranges in ipairs(groups) do command[#command + 1] = ranges[1].key end
  for _, option in ipairs({ 'AGGREGATE', 'MIN', 'WITHSCORES' }) do command[#command + 1] = option end
  local all = redis.call(unpack(command))
  local wanted = {}
  local first, last, step = 1, #all - 1, 2
  if is_newest_first then first, last, step = last, first, -step end
  for i = first, last, step do
    local time, is_wanted = tonumber(all[i + 1]), true
    for _, ranges in ipairs(groups) do is_wanted = is_wanted and is_within(time, ranges[1]) end
    if is_wanted then
      wanted[#wanted + 1] = all[i]
      wanted[#wanted + 1] = all[i + 1]
      if #wanted == 2 * limit then break end
    end
  end
  return wanted
end

local function add_entries(found, number, entries, wanted)
  local count = #entries
  if count == 0 then return end
  found[#found + 1] = number
  found[#found + 1] = count / 2
  found[#found + 1] = entries[count - 1] .. ' ' .. entries[count]
  found[#found + 1] = table.concat(wanted, ' ')
end

local function answer(request)
  local groups = request.groups
  local staged = redis.call('ZRANGE', request.staged, 0, -1)
  local smallest = smallest_index(groups, request.limit)
  if smallest then
    local entries = intersect(groups, request.limit)
    local found = { staged, 0, smallest }
    add_entries(found, 0, entries, entries)
    -- To look up an entry without Lua takes a tenth of the time.
    left = left - #entries / 2 - smallest / 10
    return found
  end
  local chosen = choose_group(request)
  local found = { staged, chosen - 1, 0 }
  for number, range in ipairs(groups[chosen]) do
    local entries =
      redis.call(command, range.key, range.first, range.last, 'WITHSCORES', 'LIMIT', 0, request.limit)
    found[3] = found[3] + #entries / 2
    add_entries(found, number - 1, entries, wanted_entries(entries, groups, chosen))
  end
  left = left - found[3]
  return found
end

local answers = {}
while left > 0 and next_key <= #KEYS do answers[#answers + 1] = answer(take_request()) end
return answers
