-- Writes a memory as it was exported, in one atomic step.
--
-- KEYS[1]  the memory's key
-- ARGV     user, namespace, document (JSON), fields that replace those of the document (JSON object),
--          when it expires (Unix milliseconds, 0 = never), whether one of theirs may be overwritten (1 or 0)
-- returns  'written' | 'overwritten' | 'exists' (nothing done) | 'denied' (the id is somebody else's, nothing done)
local key = KEYS[1]
local answer = 'written'
if redis.call('EXISTS', key) == 1 then
  if not is_own_memory({ user = ARGV[1], namespace = ARGV[2] }, key) then return 'denied' end
  if ARGV[6] ~= '1' then return 'exists' end
  answer = 'overwritten'
end
redis.call('JSON.SET', key, '$', ARGV[3])
if ARGV[4] ~= '{}' then redis.call('JSON.MERGE', key, '$', ARGV[4]) end
if ARGV[5] == '0' then
  redis.call('PERSIST', key)
else
  redis.call('PEXPIREAT', key, ARGV[5])
end
return answer
