--[[
  Walks a sorted set of workflows of one partition from the highest score down, and finds those that match. Changes nothing.

  KEYS[1] the sorted set   KEYS[2] index of all workflows
  ARGV[1] JSON object:
    after     { score, member } of the workflow after which the walk begins, of any partition; absent: begin at the first
    limit     most matches
    budget    work after which the walk ends, in units of about a microsecond
    groups    lists of keys of sorted sets: a match is in one of each list
    none      keys of sorted sets: a match is in none of them
    either    { keys, parts }: a match is in one of these sorted sets, or has one of these parts; absent: any
    from, to  first and last creation time
    last      lowest score; absent: any
    parts     a list of { kind, keys, phase }: a match has a task or taskforce in one of these indexes, for each entry;
              phase: key of an index that also holds it, or absent
    words     a list of words that all occur in a match:
      text, json  the word in lower case, and the same as it is written within JSON
      prefix      beginning of a member of kind: a match is, or has, an entity whose member begins with it
      kind        'workflow', 'task' or 'taskforce'
      parts       as an entry above, which also makes the word occur
      members     workflows in which the word occurs in any case
  Scores and times are texts: JSON numbers would lose digits.

  Returns the work, the member and the score at which the walk has ended, both '' when nothing is left, and then the member
          and score of each match
]]
local PREFIX = string.match(KEYS[1], '^.-}:')
local BATCH = 100
-- Tasks whose texts are searched, and bytes of the texts of one workflow
local MAX_TASKS = 200
local MAX_BYTES = 1000000

local walk = cjson.decode(ARGV[1])
local work = 0

local function members_of(kind, workflow, last)
  return redis.call('ZRANGE', PREFIX .. 'ix:' .. kind .. ':workflow_id:WF-' .. workflow, 0, last)
end

-- number of the members whose place in the walk is before that of a member of another partition, or of one that has moved
local function rank_after(score, member)
  local low = redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf')
  local high = redis.call('ZCOUNT', KEYS[1], score, '+inf')
  -- the members with this score are in descending order
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', KEYS[1], middle, middle, 'REV')[1] < member then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

-- those of some members that an index holds
local function members_in(index, members)
  work = work + #members
  local found = {}
  for i, score in ipairs(redis.call('ZMSCORE', index, unpack(members))) do
    if score then
      table.insert(found, members[i])
    end
  end
  return found
end

local function has_part(workflow, part)
  if part.kind == 'workflow' then
    return false
  end
  local first = 0
  repeat
    local key = PREFIX .. 'ix:' .. part.kind .. ':workflow_id:WF-' .. workflow
    local members = redis.call('ZRANGE', key, first, first + BATCH - 1)
    work = work + 2
    -- with a phase, only the members in it are looked up in the other indexes
    local wanted = #members > 0 and part.phase and members_in(part.phase, members) or members
    for _, index in ipairs(#wanted > 0 and part.keys or {}) do
      if #members_in(index, wanted) > 0 then
        return true
      end
    end
    first = first + BATCH
  until #members < BATCH
  return false
end

-- texts of a workflow as JSON, each with a function that extracts the searched values
local function annotation_values(annotations, add)
  add(annotations.name)
  add(annotations.note)
  for key, value in pairs(annotations.labels) do
    add(key .. '=' .. value)
  end
end

local function creator_values(creator, add)
  add(creator.subject)
  add(creator.name)
end

local function task_values(directive, add)
  add(directive.task_image)
  add(directive.task_args)
  for _, location in ipairs(directive.cluster_locations) do
    add(location)
  end
end

local function profile_values(profile, add)
  add(profile.alias)
end

local function texts_of(workflow)
  local texts, bytes = {}, 0
  local function add(json, values)
    if json and bytes + string.len(json) <= MAX_BYTES then
      bytes = bytes + string.len(json)
      table.insert(texts, { json = string.lower(json), original = json, values = values })
    end
  end
  local fields = redis.call('HMGET', PREFIX .. 'workflow:' .. workflow, 'annotations', 'creator')
  add(fields[1], annotation_values)
  add(fields[2], creator_values)
  for _, task in ipairs(members_of('task', workflow, MAX_TASKS - 1)) do
    add(redis.call('HGET', PREFIX .. 'task:' .. task, 'doc'), task_values)
    work = work + 2
  end
  for _, profile in ipairs(redis.call('HVALS', PREFIX .. 'profiles:' .. workflow)) do
    add(profile, profile_values)
  end
  work = work + 4 + bytes / 1000
  return texts
end

-- A text that may have the word is parsed: names of fields are part of the JSON, and labels are not written there as here
local function text_has(text, word)
  local may_be_label = text.values == annotation_values and string.find(word.text, '=', 1, true)
  if not may_be_label and not string.find(text.json, word.json, 1, true) then
    return false
  end
  if not text.found then
    text.found = {}
    work = work + 2 + string.len(text.original) / 100
    text.values(cjson.decode(text.original), function(value)
      if type(value) == 'string' then
        table.insert(text.found, string.lower(value))
      end
    end)
  end
  for _, value in ipairs(text.found) do
    if string.find(value, word.text, 1, true) then
      return true
    end
  end
  return false
end

-- work for a test of one text
local TEXT_WORK = 0.2

local function begins(text, prefix)
  return string.sub(text, 1, string.len(prefix)) == prefix
end

local function has_id(workflow, word)
  if word.kind == 'workflow' then
    return begins(workflow, word.prefix)
  end
  local own = string.match(word.prefix, '^%x+%-%x+') or word.prefix
  if not begins(workflow, own) then
    return false
  end
  for _, member in ipairs(members_of(word.kind, workflow, -1)) do
    work = work + 1
    if begins(member, word.prefix) then
      return true
    end
  end
  return false
end

local function has_word(workflow, word, texts)
  if word.members and word.members[workflow] or word.prefix and has_id(workflow, word) then
    return true
  end
  if string.find('wf-' .. workflow, word.text, 1, true) or word.parts and has_part(workflow, word.parts) then
    return true
  end
  for _, text in ipairs(texts()) do
    work = work + TEXT_WORK
    if text_has(text, word) then
      return true
    end
  end
  return false
end

local function is_in_any(keys, workflow)
  for _, key in ipairs(keys) do
    work = work + 1
    if redis.call('ZSCORE', key, workflow) then
      return true
    end
  end
  return false
end

local function has_any_part(workflow, parts)
  for _, part in ipairs(parts) do
    if has_part(workflow, part) then
      return true
    end
  end
  return false
end

local function is_match(workflow)
  for _, group in ipairs(walk.groups) do
    if not is_in_any(group, workflow) then
      return false
    end
  end
  if is_in_any(walk.none, workflow) then
    return false
  end
  if walk.from or walk.to then
    work = work + 1
    local created = tonumber(redis.call('ZSCORE', KEYS[2], workflow))
    if not created or walk.from and created < tonumber(walk.from) or walk.to and created > tonumber(walk.to) then
      return false
    end
  end
  for _, part in ipairs(walk.parts) do
    if not has_part(workflow, part) then
      return false
    end
  end
  if walk.either and not is_in_any(walk.either.keys, workflow) and not has_any_part(workflow, walk.either.parts) then
    return false
  end
  local texts
  local function lazy_texts()
    texts = texts or texts_of(workflow)
    return texts
  end
  for _, word in ipairs(walk.words) do
    if not has_word(workflow, word, lazy_texts) then
      return false
    end
  end
  return true
end

local rank = 0
if walk.after then
  local score, member = unpack(walk.after)
  rank = rank_after(score, member)
end

local position, matches = { '', '' }, {}
repeat
  local batch = redis.call('ZRANGE', KEYS[1], rank, rank + BATCH - 1, 'REV', 'WITHSCORES')
  for i = 1, #batch, 2 do
    local member, score = batch[i], batch[i + 1]
    work = work + 0.5
    if walk.last and tonumber(score) < tonumber(walk.last) then
      return { tostring(work), '', '', unpack(matches) }
    end
    position = { member, score }
    if is_match(member) then
      table.insert(matches, member)
      table.insert(matches, score)
    end
    if #matches >= 2 * walk.limit or work >= walk.budget then
      return { tostring(work), position[1], position[2], unpack(matches) }
    end
  end
  rank = rank + BATCH
until #batch < 2 * BATCH
return { tostring(work), '', '', unpack(matches) }
