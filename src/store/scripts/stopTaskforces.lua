--[[
  Applies a deactivation to some taskforces of a workflow, once for each: a taskforce that is neither ending nor
  finished moves to pending-stopper, any other gets a failed log entry.

  KEYS[1] index of taskforces
  ARGV[1] now   ARGV[2] rest of the log entry for a move   ARGV[3] rest of the log entry for any other taskforce
  ARGV[4…] members

  Returns lists of members: those that this call moved; those for which this call logged a failed entry; then for each
          schedd { schedd, all in pending-stopper that have an HTCondor cluster, all others }, also of an earlier call
]]
local moved, left = {}, {}
local replies = { moved, left }
local groups = {}
local members_by_event = {}
for i = 4, #ARGV do
  local member = ARGV[i]
  local record = RECORDS .. member
  local phase, schedd, cluster = unpack(redis.call('HMGET', record, 'phase', 'schedd', 'cluster_id'))
  if phase then
    if redis.call('HSETNX', record, 'stopped', '1') == 1 then
      if may_enter(phase, 'pending-stopper') then
        enter_phase(record, phase, 'pending-stopper', ARGV[1], ARGV[2], members_by_event)
        phase = 'pending-stopper'
        moved[#moved + 1] = member
      else
        append_log(record, ARGV[1], ARGV[3], members_by_event)
        left[#left + 1] = member
      end
    end
    if not groups[schedd] then
      groups[schedd] = { schedd, {}, {} }
      replies[#replies + 1] = groups[schedd]
    end
    table.insert(groups[schedd][phase == 'pending-stopper' and cluster and 2 or 3], member)
  end
end
publish_grouped(members_by_event)
return replies
