--[[
  A piece of a sorted set of taskforces that wait in queues, and at which schedd each does. Changes nothing.

  KEYS[1] sorted set of taskforces
  ARGV[1] cursor: 0, or what the last piece returned   ARGV[2] about how many
  ARGV[3] what taskforce records' keys begin with

  Returns the next cursor, '0' after the last piece; a list: member, schedd, member, schedd, …
]]
local cursor, flat = unpack(redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2]))
local queued = {}
for i = 1, #flat, 2 do
  local schedd = redis.call('HGET', ARGV[3] .. flat[i], 'schedd')
  if schedd then
    queued[#queued + 1] = flat[i]
    queued[#queued + 1] = schedd
  end
end
return { cursor, queued }
