--[[
  Applies a deactivation to some taskforces of a workflow, once for each: a taskforce that is neither ending nor
  finished moves to pending-stopper, any other gets a failed log entry.

  KEYS[1] index of taskforces   KEYS[2] dirty workflows
  ARGV[1] key prefix of taskforce records   ARGV[2] now   ARGV[3] rest of the log entry for a move
  ARGV[4] rest of the log entry for any other taskforce   ARGV[5…] members

  Returns three lists of members: all in pending-stopper that have an HTCondor cluster, also those of an earlier call;
          those that this call moved; those for which this call logged a failed entry
]]
local to_stop, moved, left = {}, {}, {}
local members_by_event = {}
for i = 5, #ARGV do
  local member = ARGV[i]
  local record = ARGV[1] .. member
  local phase = redis.call('HGET', record, 'phase')
  if phase and redis.call('HSETNX', record, 'stopped', '1') == 1 then
    if not may_enter(phase, 'pending-stopper') then
      append_log(record, ARGV[2], ARGV[4], members_by_event)
      left[#left + 1] = member
    else
      local schedd = append_log(record, ARGV[2], ARGV[3], members_by_event)
      enter_phase(record, KEYS[1], member, phase, 'pending-stopper', ARGV[2], schedd)
      phase = 'pending-stopper'
      moved[#moved + 1] = member
    end
    mark_dirty(KEYS[2], member)
  end
  if phase == 'pending-stopper' and redis.call('HEXISTS', record, 'cluster_id') == 1 then
    to_stop[#to_stop + 1] = member
  end
end
publish_grouped(string.match(KEYS[1], '^.-}:'), members_by_event)
return { to_stop, moved, left }
