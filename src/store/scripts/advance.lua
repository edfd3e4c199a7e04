--[[
  Moves taskforces of one workflow forward by one step or more (activation, launch), unless the workflow is deactivated.

  KEYS[1] index of taskforces
  ARGV[1] the steps: a JSON array of [required phase, phase to enter, now, rest of the log entry], all strings
  ARGV[2…] members

  Returns for each step a list of the members that it moved; then a flat list of member, schedd, priority for each
          taskforce that is in the last phase without a failure, also of an earlier call
]]
local replies = {}
local active = not belongs_to_deactivated(RECORDS .. ARGV[2])
local reached
for index, step in ipairs(cjson.decode(ARGV[1])) do
  local from, to, now, rest = unpack(step)
  local moved, members_by_event = {}, {}
  if active and may_enter(from, to) then
    for i = 2, #ARGV do
      local record = RECORDS .. ARGV[i]
      if redis.call('HGET', record, 'phase') == from then
        enter_phase(record, from, to, now, rest, members_by_event)
        moved[#moved + 1] = ARGV[i]
      end
    end
  end
  publish_grouped(members_by_event)
  replies[index] = moved
  reached = to
end
local waiting = {}
for i = 2, active and #ARGV or 1 do
  local phase, schedd, priority, failures =
    unpack(redis.call('HMGET', RECORDS .. ARGV[i], 'phase', 'schedd', 'priority', 'submit_failures'))
  if phase == reached and not failures then
    for _, value in ipairs({ ARGV[i], schedd, priority }) do
      waiting[#waiting + 1] = value
    end
  end
end
replies[#replies + 1] = waiting
return replies
