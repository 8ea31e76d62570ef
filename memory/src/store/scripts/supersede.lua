-- Puts one memory of the scope in the place of another one.
--
-- KEYS     the memory that is superseded, the one that takes its place
-- ARGV     user, namespace, id of the one that takes its place, now (Unix seconds), by
-- returns  1 if it is so now, 0 if there is not both of theirs, -1 if the one that should take its place is superseded itself
local older, newer, scope = KEYS[1], KEYS[2], { user = ARGV[1], namespace = ARGV[2] }
if older == newer or not is_own_memory(scope, older) or not is_own_memory(scope, newer) then return 0 end
if json_at(newer, '$.superseded_by') then return -1 end
if json_at(older, '$.superseded_by') ~= cjson.encode(ARGV[3]) then
  supersede(older, ARGV[3], { now = ARGV[4], by = ARGV[5] })
end
return 1
