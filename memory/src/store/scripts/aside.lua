-- Takes a memory out of long-term memory so that it can be put back, or puts it back.
--
-- KEYS[1]  the memory's key
-- KEYS[2]  where it lies meanwhile: a hash, which no index of JSON documents sees
-- ARGV     operation (set_aside | bring_back), user, namespace, seconds that it stays aside (set_aside)
-- returns  1 if it was done, 0 if there was none of theirs
local key, aside = KEYS[1], KEYS[2]
local operation, user, namespace = ARGV[1], ARGV[2], ARGV[3]

local function set_aside()
  local stored = redis.call('JSON.GET', key, '$.user', '$.namespace')
  if not stored then return 0 end
  local fields = cjson.decode(stored)
  if fields['$.user'][1] ~= user or fields['$.namespace'][1] ~= namespace then return 0 end
  redis.call('HSET', aside, 'user', user, 'namespace', namespace, 'document', redis.call('DUMP', key),
    'expires_at', string.format('%.0f', redis.call('PEXPIRETIME', key)))
  redis.call('EXPIRE', aside, ARGV[4])
  return redis.call('DEL', key)
end

local function bring_back()
  local kept = redis.call('HMGET', aside, 'user', 'namespace', 'document', 'expires_at')
  if kept[1] ~= user or kept[2] ~= namespace or redis.call('EXISTS', key) == 1 then return 0 end
  local expires_at = tonumber(kept[4])
  redis.call('DEL', aside)
  if expires_at > 0 then
    -- Redis restores nothing whose time is over.
    redis.call('RESTORE', key, string.format('%.0f', expires_at), kept[3], 'ABSTTL')
  else
    redis.call('RESTORE', key, 0, kept[3])
  end
  return redis.call('EXISTS', key)
end

if operation == 'set_aside' then return set_aside() end
return bring_back()
