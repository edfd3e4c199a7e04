--[[
  A request failed before it took effect: the same request may be tried again at once.

  KEYS[1] key of the request
  ARGV[1] the request's claim

  Returns 1 released, 0 the key holds something else by now
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
