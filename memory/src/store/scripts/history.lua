-- What became of a memory: changes keep what they replaced in the document itself, newest last. Stands behind scope.lua and
-- json.lua. Whoever changes a memory tells `now` (Unix seconds, as text) and `by` (the way in).

-- Entries that are kept at most, and their bytes.
local history_entries, history_bytes = 20, 131072

-- The value under a path of a document as JSON text; nothing where there is none.
local function json_at(key, path)
  local found = redis.pcall('JSON.GET', key, path)
  local value = type(found) == 'string' and string.match(found, '^%[(.+)%]$')
  return value and value ~= 'null' and value or nil
end

-- An entry, as JSON: `fields` are names and JSON texts in turn.
local function entry(change, what, fields)
  local parts = { '"ts":' .. change.now, '"by":' .. cjson.encode(change.by), '"what":"' .. what .. '"' }
  for at = 1, #fields, 2 do
    if fields[at + 1] then parts[#parts + 1] = '"' .. fields[at] .. '":' .. fields[at + 1] end
  end
  return '{' .. table.concat(parts, ',') .. '}'
end

-- `,"history":[...]` with one entry more, to be put into an object; empty where another program has something else under that name.
local function history_with(key, new)
  local stored = json_at(key, '$.history')
  if stored and string.sub(stored, 1, 1) ~= '[' then return '' end
  local entries = stored and element_texts(stored) or {}
  entries[#entries + 1] = new
  local first, bytes = #entries, #new
  while first > 1 and #entries - first + 1 < history_entries and bytes + #entries[first - 1] <= history_bytes do
    first = first - 1
    bytes = bytes + #entries[first]
  end
  return ',"history":[' .. table.concat(entries, ',', first) .. ']'
end

-- Puts another memory in the place of this one, which is kept and no longer recalled.
local function supersede(key, by_id, change)
  local new = entry(change, 'superseded', { 'superseded_by', cjson.encode(by_id) })
  redis.call('JSON.MERGE', key, '$', '{"superseded_by":' .. cjson.encode(by_id) .. ',"superseded_ts":' .. change.now
    .. history_with(key, new) .. '}')
end

-- A pair of memories as the name of a field, whatever their ids are made of.
local function pair_of(older, newer)
  return 'pair:' .. #older .. ':' .. older .. newer
end

-- Pairs that wait at most. What finds no place is found by a scan once there is some.
local pairs_waiting = 500

-- Notes for a person that two memories say something else of the same thing, or the same twice.
local function note_pair(inbox, scope, older, newer, what, distance, change)
  local noted = redis.call('HLEN', inbox)
  if noted >= pairs_waiting then return 0 end
  local told = '{"found_ts":' .. change.now .. ',"by":' .. cjson.encode(change.by) .. ',"what":"' .. what
    .. '","distance":' .. distance .. '}'
  local is_new = redis.call('HSETNX', inbox, pair_of(older, newer), told)
  if noted == 0 then
    redis.call('HSET', inbox, 'user', scope.user, 'namespace', scope.namespace)
    -- As long as nobody touches it for a quarter of a year, nobody misses it.
    redis.call('EXPIRE', inbox, 7776000)
  end
  return is_new
end
