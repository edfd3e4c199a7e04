--[[
  Records polls for schedds that are not known. Old entries are forgotten; of too many, the ones polled last remain.

  KEYS[1] schedd → '<first poll> <last poll>'
  ARGV[1] seconds after which a schedd is forgotten   ARGV[2] now   ARGV[3] maximum number of schedds
  ARGV[4…] for each schedd: name, first poll, last poll

  Returns nothing
]]
local names, firsts, lasts = {}, {}, {}
local function add(name, first, last)
  if not firsts[name] then
    names[#names + 1] = name
    firsts[name], lasts[name] = first, last
    return
  end
  if tonumber(first) < tonumber(firsts[name]) then
    firsts[name] = first
  end
  if tonumber(last) > tonumber(lasts[name]) then
    lasts[name] = last
  end
end
local stored = redis.call('HGETALL', KEYS[1])
for i = 1, #stored, 2 do
  local first, last = string.match(stored[i + 1], '^(%S+) (%S+)$')
  if tonumber(last) > tonumber(ARGV[2]) - tonumber(ARGV[1]) then
    add(stored[i], first, last)
  end
end
for i = 4, #ARGV, 3 do
  add(ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
table.sort(names, function(a, b)
  local at, bt = tonumber(lasts[a]), tonumber(lasts[b])
  return at > bt or at == bt and a < b
end)
redis.call('DEL', KEYS[1])
for i = 1, math.min(#names, tonumber(ARGV[3])) do
  redis.call('HSET', KEYS[1], names[i], firsts[names[i]] .. ' ' .. lasts[names[i]])
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
