-- Deletes a memory of the scope.
--
-- KEYS[1]  the memory's key
-- ARGV     user, namespace
-- returns  1 if it is gone, 0 if there was none of theirs
if not is_own_memory({ user = ARGV[1], namespace = ARGV[2] }, KEYS[1]) then return 0 end
return redis.call('DEL', KEYS[1])
