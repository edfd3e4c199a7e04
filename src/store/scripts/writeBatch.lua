--[[
  Executes write commands in one step, unless a guard refuses it.

  KEYS[1] any key of the partition   KEYS[2] key of the guard
  ARGV[1] guard   ARGV[2] what the commands make
  ARGV[3…] commands as JSON, ["ZADD", key, …]: all strings, with keys in the partition of KEYS[1]

  Returns 1 written, or a refusal: nothing changed
]]
local guard = parse_guard(ARGV[1])
local refusal = refusal_of(KEYS[2], guard)
if refusal then
  return refusal
end
for i = 3, #ARGV do
  redis.call(unpack(cjson.decode(ARGV[i])))
end
record_effect(KEYS[2], guard, ARGV[2])
return 1
