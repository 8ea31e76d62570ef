-- Whose a record is. Stands before every script that touches somebody's records, and is the one place of the scripts that
-- compares owners, as rows.rs is that of the library. `scope` has the fields `user` and `namespace`.

local function is_scope(scope, user, namespace)
  return user == scope.user and namespace == scope.namespace
end

-- Whether the memory under a key is the scope's; false where there is none, or something that is no memory.
local function is_own_memory(scope, key)
  local stored = redis.pcall('JSON.GET', key, '$.user', '$.namespace')
  if type(stored) ~= 'string' then return false end
  local fields = cjson.decode(stored)
  return is_scope(scope, fields['$.user'][1], fields['$.namespace'][1])
end

-- Whether a session with these fields is the scope's. Other programs tell no namespace: then it is its user's in every one.
local function is_own_session(scope, user, namespace)
  return is_scope(scope, user or 'default', namespace or scope.namespace)
end

-- The fields of a search's row, `[name, value, name, value ...]`.
local function fields_of(row)
  local fields = {}
  for at = 1, #row, 2 do fields[row[at]] = row[at + 1] end
  return fields
end
