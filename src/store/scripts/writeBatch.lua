--[[
  Executes write commands in one step, unless a repetition of the request took effect first.

  KEYS[1] claim key of the request, or any key of the partition without a claim
  ARGV[1] claim, '' without one   ARGV[2] value to store at the claim key   ARGV[3] seconds to keep that value
  ARGV[4…] commands as JSON, ["ZADD", key, …]: all strings, with keys in the partition of KEYS[1]

  Returns 1 written, 0 claim lost: nothing changed
]]
if not settle_claim(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then
  return 0
end
for i = 4, #ARGV do
  redis.call(unpack(cjson.decode(ARGV[i])))
end
return 1
