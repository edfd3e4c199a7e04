--[[
  Writes what a request asked for, and its answer beside it, unless the same request was overtaken by a repetition of itself.

  KEYS[1] key of the request
  ARGV[1] the request's claim   ARGV[2] what is kept at the key from now on   ARGV[3] seconds for which it is kept
  ARGV[4] commands that write, as JSON: [["ZADD", key, …], …], all strings; their keys are in the partition of KEYS[1]

  Returns 1 written, 0 overtaken: nothing changed
]]
if is_claim_lost(KEYS[1], ARGV[1]) then
  return 0
end
for _, command in ipairs(cjson.decode(ARGV[4])) do
  redis.call(unpack(command))
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
