-- What a scope keeps to tune its recall: judged queries, profiles of settings, and the settings tried.
--
-- KEYS     the hash of the scope, and for `judge` the key of each memory that is told
-- ARGV     user, namespace, operation, now (Unix seconds), then
--          judge    id of the query, its text, most queries, most memories of a query, then for each memory its id and what is said
--                   of it (good | bad, '' takes it back)
--          profile  name, profile (JSON), most profiles
--          tried    setting and figures (JSON), most of them
--          drop     name of a field
-- returns  'done', or why nothing was changed: 'queries' or 'memories' or 'profiles' where there are too many, 'theirs' where the hash
--          is another scope's, 'none' where there is nothing of that name, or { the id of a memory that the scope does not have }
--
-- Fields: user, namespace; query:<id> with { query, judged_ts, rows = { id = verdict } }; profile:<name>; tried with a list of
-- { ts, setting and figures }, latest first.
local key, scope, operation, now = KEYS[1], { user = ARGV[1], namespace = ARGV[2] }, ARGV[3], ARGV[4]

local owner = redis.call('HMGET', key, 'user', 'namespace')
if owner[1] and not is_scope(scope, owner[1], owner[2]) then return 'theirs' end

local function keep(field, value)
  redis.call('HSET', key, 'user', scope.user, 'namespace', scope.namespace, field, value)
  return 'done'
end

-- Whether there is room for a field of this family.
local function has_room(field, family, most)
  if redis.call('HEXISTS', key, field) == 1 then return true end
  local there = 0
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if string.sub(name, 1, #family) == family then there = there + 1 end
  end
  return there < tonumber(most)
end

local operations = {}

function operations.judge(id, text, most_queries, most_memories, ...)
  local told, field = { ... }, 'query:' .. id
  local stored = redis.call('HGET', key, field)
  local query = stored and cjson.decode(stored) or { query = text, rows = {} }
  local takes_back_only = true
  for at = 1, #told, 2 do
    local memory, verdict = told[at], told[at + 1]
    if verdict ~= '' then
      if not is_own_memory(scope, KEYS[1 + (at + 1) / 2]) then return { memory } end
      takes_back_only = false
    end
    query.rows[memory] = verdict ~= '' and verdict or nil
  end
  if not stored and takes_back_only then return 'none' end
  if not has_room(field, 'query:', most_queries) then return 'queries' end
  local memories = 0
  for _ in pairs(query.rows) do memories = memories + 1 end
  if memories > tonumber(most_memories) then return 'memories' end
  query.judged_ts = tonumber(now)
  return keep(field, cjson.encode(query))
end

function operations.profile(name, profile, most)
  if not has_room('profile:' .. name, 'profile:', most) then return 'profiles' end
  return keep('profile:' .. name, profile)
end

function operations.tried(what, most)
  local stored = redis.call('HGET', key, 'tried')
  local tried = stored and cjson.decode(stored) or {}
  -- The same once more is no news.
  if tried[1] and tried[1][2] == what then table.remove(tried, 1) end
  table.insert(tried, 1, { now, what })
  while #tried > tonumber(most) do table.remove(tried) end
  return keep('tried', cjson.encode(tried))
end

function operations.drop(field)
  if redis.call('HDEL', key, field) == 0 then return 'none' end
  if redis.call('HLEN', key) <= 2 then redis.call('UNLINK', key) end
  return 'done'
end

return operations[operation](unpack(ARGV, 5))
