--[[
  Counts the entries in ranges of indexes by creation time. Changes nothing.

  KEYS indexes
  ARGV for each index: the first and the last creation time

  Returns their numbers
]]
local counts = {}
for i, key in ipairs(KEYS) do
  counts[i] = redis.call('ZCOUNT', key, ARGV[2 * i - 1], ARGV[2 * i])
end
return counts
