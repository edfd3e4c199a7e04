--[[
  Applies a deactivation to some taskforces of a workflow, once for each: a taskforce that is neither ending nor
  finished moves to pending-stopper, any other gets a failed log entry.

  KEYS[1] index of taskforces
  ARGV[1] now   ARGV[2] rest of the log entry for a move   ARGV[3] rest of the log entry for any other taskforce
  ARGV[4…] members

  Returns three lists of members: all in pending-stopper that have an HTCondor cluster, also those of an earlier call;
          those that this call moved; those for which this call logged a failed entry
]]
local to_stop, moved, left = {}, {}, {}
local members_by_event = {}
for i = 4, #ARGV do
  local member = ARGV[i]
  local record = RECORDS .. member
  local phase = redis.call('HGET', record, 'phase')
  if phase and redis.call('HSETNX', record, 'stopped', '1') == 1 then
    if may_enter(phase, 'pending-stopper') then
      enter_phase(record, phase, 'pending-stopper', ARGV[1], ARGV[2], members_by_event)
      phase = 'pending-stopper'
      moved[#moved + 1] = member
    else
      append_log(record, ARGV[1], ARGV[3], members_by_event)
      left[#left + 1] = member
    end
  end
  if phase == 'pending-stopper' and redis.call('HEXISTS', record, 'cluster_id') == 1 then
    to_stop[#to_stop + 1] = member
  end
end
publish_grouped(members_by_event)
return { to_stop, moved, left }
