--[[
  Reads a record, unless it is too large for a connection that small commands share. Changes nothing.

  KEYS[1] record
  ARGV[1] maximum bytes of the fields   ARGV[2…] fields that may be large

  Returns the fields and values of the record, or the bytes of its large fields
]]
local bytes = 0
for i = 2, #ARGV do
  bytes = bytes + redis.call('HSTRLEN', KEYS[1], ARGV[i])
end
return bytes > tonumber(ARGV[1]) and bytes or redis.call('HGETALL', KEYS[1])
