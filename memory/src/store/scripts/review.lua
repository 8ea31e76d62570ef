-- What a person is to review in a scope: pairs of memories that disagree, or say the same twice.
--
-- KEYS     the inbox (a hash; each pair is a field), and for `note` the memories of the pair
-- ARGV     user, namespace, prefix of the memories, operation, now (Unix seconds), by, then
--          count
--          list     most pairs to return
--          note     older id, newer id, what (conflict | same), distance: KEYS has both; 1 if it is new
--          decide   older id, newer id, decision ('' takes it back): 1 if there is such a pair
-- returns  count: open pairs | list: { open pairs, name of the field, JSON of the pair, ... } newest first
--
-- Pairs of which one is gone or superseded are done: they are left out, and where there are many, those of gone ones taken out.
local inbox, scope, prefix, operation = KEYS[1], { user = ARGV[1], namespace = ARGV[2] }, ARGV[3], ARGV[4]
local change = { now = ARGV[5], by = ARGV[6] }
local kind = redis.call('TYPE', inbox).ok
if kind ~= 'none' and kind ~= 'hash' then return operation == 'list' and { 0 } or 0 end

-- Older and newer id out of the name of a field.
local function ids_of(pair)
  local length, ids = string.match(pair, '^pair:(%d+):(.*)$')
  if not length then return nil end
  return string.sub(ids, 1, tonumber(length)), string.sub(ids, tonumber(length) + 1)
end

local function is_current(id)
  local key = prefix .. id
  return redis.call('EXISTS', key) == 1 and json_at(key, '$.superseded_by') == nil
end

local function open_pairs()
  local stored, open = redis.call('HGETALL', inbox), {}
  local are_many = #stored > 2000
  for at = 1, #stored, 2 do
    local older, newer = ids_of(stored[at])
    if older then
      local told = cjson.decode(stored[at + 1])
      if not told.decision and is_current(older) and is_current(newer) then
        open[#open + 1] = { pair = stored[at], told = stored[at + 1], ts = tonumber(told.found_ts) or 0 }
      end
      if are_many and redis.call('EXISTS', prefix .. older, prefix .. newer) < 2 then redis.call('HDEL', inbox, stored[at]) end
    end
  end
  return open
end

-- Links that a decision takes away, and that taking it back restores, are kept with the decision.
local function decide(older, newer, decision)
  local pair = pair_of(older, newer)
  local stored = redis.call('HGET', inbox, pair)
  if not stored then return 0 end
  local told, key = cjson.decode(stored), prefix .. newer
  if decision == '' then
    if told.revises and is_own_memory(scope, key) then
      redis.call('JSON.MERGE', key, '$', cjson.encode({ revises = told.revises, chain = told.chain }))
    end
    told.decision, told.decided_ts, told.decided_by, told.revises, told.chain = nil, nil, nil, nil, nil
  else
    if is_own_memory(scope, key) and json_at(key, '$.revises') == cjson.encode(older) then
      told.revises, told.chain = older, cjson.decode(json_at(key, '$.chain') or 'null')
      redis.call('JSON.MERGE', key, '$', '{"revises":null,"chain":null'
        .. history_with(key, entry(change, decision, { 'revises', cjson.encode(older) })) .. '}')
    end
    told.decision, told.decided_ts, told.decided_by = decision, change.now, change.by
  end
  redis.call('HSET', inbox, pair, cjson.encode(told))
  return 1
end

if operation == 'count' then return #open_pairs() end
if operation == 'list' then
  local open, answer = open_pairs(), {}
  table.sort(open, function(one, other)
    if one.ts ~= other.ts then return one.ts > other.ts end
    return one.pair < other.pair
  end)
  answer[1] = #open
  for at = 1, math.min(#open, tonumber(ARGV[7])) do
    answer[#answer + 1], answer[#answer + 2] = open[at].pair, open[at].told
  end
  return answer
end
if operation == 'note' then
  if not is_own_memory(scope, KEYS[2]) or not is_own_memory(scope, KEYS[3]) then return 0 end
  return note_pair(inbox, scope, ARGV[7], ARGV[8], ARGV[9], ARGV[10], change)
end
return decide(ARGV[7], ARGV[8], ARGV[9])
