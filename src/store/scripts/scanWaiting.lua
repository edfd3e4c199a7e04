--[[
  Reads one batch of a sorted set of taskforces that wait in queues, with their schedds. Changes nothing.

  KEYS[1] sorted set of taskforces
  ARGV[1] cursor, '0' at the start   ARGV[2] approximate size of the batch

  Returns the next cursor, '0' after the last batch; a list: member, schedd, member, schedd, …
]]
local cursor, flat = unpack(redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2]))
local queued = {}
for i = 1, #flat, 2 do
  local schedd = redis.call('HGET', RECORDS .. flat[i], 'schedd')
  if schedd then
    queued[#queued + 1] = flat[i]
    queued[#queued + 1] = schedd
  end
end
return { cursor, queued }
