--[[
  Compares the counts of taskforces by phase and schedd with the sizes of the indexes, and counts again when they
  differ: an earlier release, also one that runs beside this one, does not count. Counting reads every record of the
  partition.

  KEYS[1] index of taskforces   KEYS[2] the workflows in staging, whose taskforces have a schedd and no phase yet
  ARGV every phase

  Returns 1 counted again, 0 the counts are right
]]
local by_phase, by_schedd = {}, {}
local counted = redis.call('HGETALL', INDEX .. ':counts')
for i = 1, #counted, 2 do
  local phase, schedd = string.match(counted[i], '^(%S+) (.*)$')
  local number = tonumber(counted[i + 1])
  by_phase[phase] = (by_phase[phase] or 0) + number
  by_schedd[schedd] = (by_schedd[schedd] or 0) + number
end

local agree = true
for _, phase in ipairs(ARGV) do
  agree = agree and redis.call('ZCARD', INDEX .. ':phase:' .. phase) == (by_phase[phase] or 0)
end
local is_staging = redis.call('EXISTS', KEYS[2]) == 1
for schedd, number in pairs(is_staging and {} or by_schedd) do
  -- the key of a long name holds its digest
  local is_plain = #schedd <= MAX_INDEX_VALUE_BYTES
  agree = agree and (not is_plain or redis.call('ZCARD', INDEX .. ':schedd:' .. schedd) == number)
end
if agree then
  return 0
end

redis.call('DEL', INDEX .. ':counts')
for _, phase in ipairs(ARGV) do
  local numbers = {}
  for _, member in ipairs(redis.call('ZRANGE', INDEX .. ':phase:' .. phase, 0, -1)) do
    local schedd = redis.call('HGET', RECORDS .. member, 'schedd')
    if schedd then
      numbers[schedd] = (numbers[schedd] or 0) + 1
    end
  end
  for schedd, number in pairs(numbers) do
    count(phase, schedd, number)
  end
end
return 1
