-- Takes a memory out of long-term memory so that it can be put back, or puts it back.
--
-- KEYS[1]  the memory's key
-- KEYS[2]  where it lies meanwhile: it is renamed, since a document that Redis writes out and reads in again comes back
--          with other last digits
-- KEYS[3]  meanwhile, when its life ends (`ends`, Unix milliseconds, -1 = stays), and who dropped it when (`by`, `ts`)
-- ARGV     operation (set_aside | bring_back), user, namespace, and for set_aside seconds that it stays aside, now, by
-- returns  1 if it was done, 0 if there was none of theirs
local key, aside, ends = KEYS[1], KEYS[2], KEYS[3]
local operation, scope = ARGV[1], { user = ARGV[2], namespace = ARGV[3] }

local function set_aside()
  if not is_own_memory(scope, key) then return 0 end
  redis.call('DEL', ends)
  redis.call('HSET', ends, 'ends', string.format('%.0f', redis.call('PEXPIRETIME', key)), 'ts', ARGV[5], 'by', ARGV[6],
    'user', scope.user, 'namespace', scope.namespace)
  redis.call('EXPIRE', ends, ARGV[4])
  redis.call('RENAME', key, aside)
  return redis.call('EXPIRE', aside, ARGV[4])
end

local function bring_back()
  local ends_at = tonumber(redis.call('HGET', ends, 'ends') or nil)
  if not ends_at or not is_own_memory(scope, aside) or redis.call('EXISTS', key) == 1 then return 0 end
  redis.call('RENAME', aside, key)
  redis.call('DEL', ends)
  if ends_at < 0 then return redis.call('PERSIST', key) end
  -- Where its time is over meanwhile, this deletes it.
  redis.call('PEXPIREAT', key, string.format('%.0f', ends_at))
  return redis.call('EXISTS', key)
end

if operation == 'set_aside' then return set_aside() end
return bring_back()
