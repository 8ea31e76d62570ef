-- One atomic write of a memory: look for a near-identical one, then either count a hit on it or store the new one.
--
-- KEYS[1]  the new memory's key
-- KEYS[2]  the session it comes from (optional): nothing is written where that is somebody else's
-- ARGV     index, key prefix, user, namespace, kind, embedding (1536 bytes), dedup threshold, document (JSON),
--          TTL (seconds, 0 = stays)
-- returns  {'new', id} | {'hit', id, distance} | {'denied'}
local key = KEYS[1]
local index, prefix, user, namespace, kind = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local embedding, threshold, document, ttl = ARGV[6], tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])

local function fields_of(row)
  local fields = {}
  if type(row) == 'table' then
    for at = 1, #row, 2 do fields[row[at]] = row[at + 1] end
  end
  return fields
end

local function nearest(k)
  return redis.call('FT.SEARCH', index,
    '(@user:{$user} @namespace:{$namespace} @kind:{$kind})=>[KNN $k @embedding $vector AS distance]',
    'PARAMS', 10, 'user', user, 'namespace', namespace, 'kind', kind, 'k', k, 'vector', embedding,
    'SORTBY', 'distance', 'RETURN', 4, 'distance', 'user', 'namespace', 'kind', 'LIMIT', 0, k, 'DIALECT', 2)
end

-- Redis Search folds the case of tags, so the nearest may be somebody else's: look further until one is ours.
-- A stored vector without a direction has the distance nan, which is neither within nor beyond the threshold.
-- Returns the key and the distance of the nearest within the threshold, or nothing.
local function duplicate()
  local k = 4
  while true do
    local rows = nearest(k)
    local found = 0
    for at = 2, #rows, 2 do
      local fields = fields_of(rows[at + 1])
      local distance = tonumber(fields.distance)
      found = found + 1
      if distance and distance > threshold then return nil end
      if distance and distance <= threshold and fields.user == user and fields.namespace == namespace and fields.kind == kind
        and redis.call('EXISTS', rows[at]) == 1 then
        return rows[at], fields.distance
      end
    end
    if found < k or k > 1000 then return nil end
    k = k * 8
  end
end

-- A hit never shortens a life.
local function renew(existing)
  if ttl == 0 then
    redis.call('PERSIST', existing)
  elseif redis.call('TTL', existing) >= 0 and redis.call('TTL', existing) < ttl then
    redis.call('EXPIRE', existing, ttl)
  end
end

if KEYS[2] then
  local owner = redis.call('HMGET', KEYS[2], 'user', 'namespace')
  if (owner[1] or 'default') ~= user or (owner[2] and owner[2] ~= namespace) then return { 'denied' } end
end
local existing, distance = duplicate()
if existing then
  local counted = redis.pcall('JSON.NUMINCRBY', existing, '$.hit_count', 1)
  if type(counted) ~= 'string' or counted == '[]' or counted == '[null]' then
    redis.call('JSON.SET', existing, '$.hit_count', '1')
  end
  renew(existing)
  return { 'hit', string.sub(existing, #prefix + 1), distance }
end
if not redis.call('JSON.SET', key, '$', document, 'NX') then
  return redis.error_reply('ERR the new memory has the id of another one, try again')
end
if ttl > 0 then redis.call('EXPIRE', key, ttl) end
return { 'new', string.sub(key, #prefix + 1) }
