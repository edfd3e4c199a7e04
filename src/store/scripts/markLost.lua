--[[
  Marks the response of a request as lost, if the request took effect.

  KEYS[1] marks of equal requests
  ARGV[1] field of the mark

  Returns 1 marked, 0 there is no such mark
]]
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if not mark then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], (string.gsub(mark, '^%l+', 'lost')))
return 1
