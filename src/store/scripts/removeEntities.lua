--[[
  Removes entities in one step, unless one of them has changed since the caller read it.

  KEYS[1] any key of the partition
  ARGV[1] conditions as JSON, a list of [key, field, SHA-1 digest of its value, '' for none]
  ARGV[2] taskforces as JSON, a list of [member, phase, schedd]
  ARGV[3…] further commands as JSON, ["UNLINK", key, …]: all strings, with keys in the partition of KEYS[1]

  Returns 1 removed, 0 changed: nothing is removed
]]
for _, condition in ipairs(cjson.decode(ARGV[1])) do
  local value = redis.call('HGET', condition[1], condition[2])
  if (value and redis.sha1hex(value) or '') ~= condition[3] then
    return 0
  end
end
for _, taskforce in ipairs(cjson.decode(ARGV[2])) do
  local member, phase, schedd = unpack(taskforce)
  -- a taskforce that was only staged is not counted
  if redis.call('ZREM', INDEX .. ':phase:' .. phase, member) == 1 then
    count(phase, schedd, -1)
  end
  redis.call('ZREM', INDEX .. ':stopping', member)
end
for i = 3, #ARGV do
  redis.call(unpack(cjson.decode(ARGV[i])))
end
return 1
