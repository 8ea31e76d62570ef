-- Changes parts of a memory of the scope.
--
-- KEYS[1]  the memory's key
-- ARGV     user, namespace, the changed fields (JSON object), TTL ('' = as it is, '0' = stays, else seconds)
-- returns  1 if it is changed, 0 if there is none of theirs
if not is_own_memory({ user = ARGV[1], namespace = ARGV[2] }, KEYS[1]) then return 0 end
if ARGV[3] ~= '{}' then redis.call('JSON.MERGE', KEYS[1], '$', ARGV[3]) end
if ARGV[4] == '0' then
  redis.call('PERSIST', KEYS[1])
elseif ARGV[4] ~= '' then
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return 1
