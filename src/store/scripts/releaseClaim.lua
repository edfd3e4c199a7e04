--[[
  Releases the claim of a request that failed before it took effect, so that its client can repeat it at once.

  KEYS[1] claim key of the request
  ARGV[1] claim

  Returns 1 released, 0 the key holds another value
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
