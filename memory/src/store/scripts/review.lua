-- What a person is to review in a scope: pairs of memories that disagree, or say the same twice.
--
-- KEYS     the inbox and what was decided (hashes; each pair is a field), and for `note` the memories of the pair
-- ARGV     user, namespace, prefix of the memories, operation, now (Unix seconds), by, then
--          count    most pairs to count
--          list     most pairs to return
--          note     older id, newer id, what (conflict | same), distance
--          decide   older id, newer id, decision ('' takes it back)
-- returns  count: pairs that wait | list: { pairs that wait, name of the field, JSON of the pair, ... } newest first
--          note: 1 if nobody knew of it | decide: 1 if there is such a pair
--
-- Pairs of which one is gone or superseded wait for nothing: they are left out, and taken out where there are many.
local inbox, decided, scope, prefix, operation = KEYS[1], KEYS[2], { user = ARGV[1], namespace = ARGV[2] }, ARGV[3], ARGV[4]
local change = { now = ARGV[5], by = ARGV[6] }
for _, key in ipairs({ inbox, decided }) do
  local kind = redis.call('TYPE', key).ok
  -- Somebody else's: it holds nothing of ours.
  if kind ~= 'none' and kind ~= 'hash' then return operation == 'list' and { 0 } or 0 end
end

-- Decisions that are remembered at most.
local decisions = 5000

-- Older and newer id out of the name of a field.
local function ids_of(pair)
  local length, ids = string.match(pair, '^pair:(%d+):(.*)$')
  if not length then return nil end
  return string.sub(ids, 1, tonumber(length)), string.sub(ids, tonumber(length) + 1)
end

local function is_current(id)
  local superseded = redis.pcall('JSON.GET', prefix .. id, '$.superseded_by')
  return superseded == '[]' or superseded == '[null]'
end

local function waits(pair)
  local older, newer = ids_of(pair)
  return older and is_current(older) and is_current(newer)
end

local function count(most)
  local open = 0
  for _, pair in ipairs(redis.call('HKEYS', inbox)) do
    if waits(pair) then
      open = open + 1
      if open >= most then break end
    end
  end
  return open
end

local function list(most)
  local stored, open = redis.call('HGETALL', inbox), {}
  local are_many = #stored > pairs_waiting
  for at = 1, #stored, 2 do
    local pair = stored[at]
    if waits(pair) then
      local told = cjson.decode(stored[at + 1])
      open[#open + 1] = { pair = pair, told = stored[at + 1], ts = tonumber(told.found_ts) or 0 }
    elseif are_many and ids_of(pair) then
      redis.call('HDEL', inbox, pair)
    end
  end
  table.sort(open, function(one, other)
    if one.ts ~= other.ts then return one.ts > other.ts end
    return one.pair < other.pair
  end)
  local answer = { #open }
  for at = 1, math.min(#open, most) do
    answer[#answer + 1], answer[#answer + 2] = open[at].pair, open[at].told
  end
  return answer
end

local function note(older, newer, what, distance)
  if not is_own_memory(scope, KEYS[3]) or not is_own_memory(scope, KEYS[4]) then return 0 end
  -- Which of two that were written within a moment is the newer one, nobody knows for sure.
  local turned = pair_of(newer, older)
  if redis.call('HEXISTS', decided, pair_of(older, newer)) == 1 or redis.call('HEXISTS', decided, turned) == 1
    or redis.call('HEXISTS', inbox, turned) == 1 then return 0 end
  return note_pair(inbox, scope, older, newer, what, distance, change)
end

local function keep(key, pair, told)
  redis.call('HSET', key, 'user', scope.user, 'namespace', scope.namespace, pair, cjson.encode(told))
  redis.call('EXPIRE', key, 7776000)
end

-- The link from the newer to the older one goes with the decision, and comes back where that is taken back.
local function decide(older, newer, decision)
  local pair, key = pair_of(older, newer), prefix .. newer
  local stored = redis.call('HGET', inbox, pair)
  if not stored then return 0 end
  local told = cjson.decode(stored)
  if is_own_memory(scope, key) and json_at(key, '$.revises') == cjson.encode(older) then
    told.revises, told.chain = older, cjson.decode(json_at(key, '$.chain') or 'null')
    redis.call('JSON.MERGE', key, '$', '{"revises":null,"chain":null'
      .. history_with(key, entry(change, decision, { 'revises', cjson.encode(older) })) .. '}')
  end
  told.decision, told.decided_ts, told.decided_by = decision, change.now, change.by
  redis.call('HDEL', inbox, pair)
  if redis.call('HLEN', decided) >= decisions then
    for _, any in ipairs(redis.call('HRANDFIELD', decided, 3)) do
      if ids_of(any) then redis.call('HDEL', decided, any) end
    end
  end
  keep(decided, pair, told)
  return 1
end

local function take_back(older, newer)
  local pair, key = pair_of(older, newer), prefix .. newer
  local stored = redis.call('HGET', decided, pair)
  if not stored then return 0 end
  local told = cjson.decode(stored)
  if told.revises and is_own_memory(scope, key) then
    redis.call('JSON.MERGE', key, '$', cjson.encode({ revises = told.revises, chain = told.chain }))
  end
  told.decision, told.decided_ts, told.decided_by, told.revises, told.chain = nil, nil, nil, nil, nil
  redis.call('HDEL', decided, pair)
  keep(inbox, pair, told)
  return 1
end

if operation == 'count' then return count(tonumber(ARGV[7])) end
if operation == 'list' then return list(tonumber(ARGV[7])) end
if operation == 'note' then return note(ARGV[7], ARGV[8], ARGV[9], ARGV[10]) end
if ARGV[9] == '' then return take_back(ARGV[7], ARGV[8]) end
return decide(ARGV[7], ARGV[8], ARGV[9])
