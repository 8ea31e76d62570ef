-- Deletes a memory, but only one of this user and namespace.
--
-- KEYS[1]  the memory's key
-- ARGV     user, namespace
-- returns  1 if it is gone, 0 if there was none of theirs
local stored = redis.call('JSON.GET', KEYS[1], '$.user', '$.namespace')
if not stored then return 0 end
local fields = cjson.decode(stored)
if fields['$.user'][1] ~= ARGV[1] or fields['$.namespace'][1] ~= ARGV[2] then return 0 end
return redis.call('DEL', KEYS[1])
