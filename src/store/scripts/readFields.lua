--[[
  Reads fields of records, on a Redis Cluster of one partition: of as many of the first records as fit. Changes nothing.

  KEYS[1…] records
  ARGV[1] maximum bytes of the values   ARGV[2] how many of the fields may be long   ARGV[3…] these, then all fields

  Returns the values of each record that fits, in the order of the fields; or the bytes of the first record when it alone is
          too large
]]
local left = tonumber(ARGV[1])
local first_field = tonumber(ARGV[2]) + 3
local count = #ARGV - first_field + 1
local values = {}

-- Lua copies what it reads: the megabytes of a record that does not fit would block Redis for 50 ms.
local function long_bytes(key)
  local bytes = 0
  for i = 3, first_field - 1 do bytes = bytes + redis.call('HSTRLEN', key, ARGV[i]) end
  return bytes
end

for record, key in ipairs(KEYS) do
  local bytes, found = long_bytes(key), {}
  if bytes <= left then
    found = redis.call('HMGET', key, unpack(ARGV, first_field))
    bytes = 0
    for i = 1, count do
      if found[i] then bytes = bytes + #found[i] end
    end
  end
  left = left - bytes
  if left < 0 then
    if record == 1 then return bytes end
    break
  end
  local start = (record - 1) * count
  for i = 1, count do values[start + i] = found[i] end
end
return values
