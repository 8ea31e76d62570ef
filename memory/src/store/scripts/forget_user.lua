-- Forgets what a user has among some keys of one family, or only counts it.
--
-- KEYS     keys of the family, some of which may be gone: few, since Redis answers nobody else meanwhile. For events each is
--          followed by the key of the thread's session, which is only read
-- ARGV     family (events | sessions | aside | memories | answers | reviews | judgements | undo), user, namespace ('' = all),
--          '1' to count only, and for events where the first stream is read on: '-' or what the call before returned,
--          the field of a memory's vector, and how many numbers it has
-- returns  { { what, how many, ... }, { names of keys that it could not look at or forget } }, and for events then the number of
--          the streams that are done, and where the next one is to be read on
local family, user, namespace, only_counts = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local field, dimensions = ARGV[6], tonumber(ARGV[7])
local counts, unreached = {}, {}

local function count(what, more) counts[what] = (counts[what] or 0) + more end

-- The scope that a record of this namespace has to be of. Where all namespaces are asked for, any will do.
local function asked(told)
  return { user = user, namespace = namespace ~= '' and namespace or told }
end

local function unlink(key)
  if not only_counts then redis.call('UNLINK', key) end
end

-- Whether a record is the user's. One that names nobody is counted: nobody can tell whose it is.
local function is_theirs(owner, place)
  if type(owner) == 'string' then return is_scope(asked(place), owner, place) end
  count('ownerless', 1)
  return false
end

-- Whether the index can read a memory: its vector has the model's numbers, and its time is a number where it has one.
local function is_readable(key)
  local function is_number(kind) return kind == 'number' or kind == 'integer' end
  local time = redis.call('JSON.TYPE', key, '$.created_ts')[1] or 'null'
  if time ~= 'null' and not is_number(time) then return false end
  local numbers = redis.call('JSON.ARRLEN', key, '$.' .. field)[1]
  -- Where the store went over to another model, what has no vector of it yet is in the index all the same.
  if not numbers and field ~= 'embedding' then return true end
  if numbers ~= dimensions then return false end
  for _, kind in ipairs(redis.call('JSON.TYPE', key, '$.' .. field .. '[*]')) do
    if not is_number(kind) then return false end
  end
  return true
end

local function fields_of_memory(key)
  local fields = cjson.decode(redis.call('JSON.GET', key, '$.user', '$.namespace', '$.superseded_by'))
  return fields['$.user'][1], fields['$.namespace'][1], fields['$.superseded_by'][1]
end

local function forget_memory(key)
  local owner, place, newer = fields_of_memory(key)
  if not is_theirs(owner, place) then return end
  local what = newer ~= nil and newer ~= cjson.null and 'superseded' or 'memories'
  if not is_readable(key) then what = 'unreadable' end
  unlink(key)
  count(what, 1)
end

-- A memory that may be brought back, and beside it when its life ends.
local ends = ':ends'

local function forget_aside(key)
  local owner, place = fields_of_memory(key)
  if not is_theirs(owner, place) then return end
  if redis.call('TYPE', key .. ends).ok ~= 'ReJSON-RL' then unlink(key .. ends) end
  unlink(key)
  count('set_aside', 1)
end

local function forget_session(key)
  local told = redis.call('HMGET', key, 'user', 'namespace')
  if not is_own_session(asked(told[2]), told[1], told[2]) then return end
  unlink(key)
  count('threads', 1)
end

-- A hash that tells its owner.
local function forget_record(key)
  local told = redis.call('HMGET', key, 'user', 'namespace')
  if not is_theirs(told[1], told[2]) then return end
  -- An inbox has a field for each pair, and judgements have one for each query and profile.
  local has_fields = family == 'reviews' or family == 'judgements'
  local fields = has_fields and math.max(0, redis.call('HLEN', key) - 2)
  unlink(key)
  count(family, fields or 1)
end

-- Streams. Entries of other programs name no owner: they are those of the thread's session. Where that expired, they are those
-- of whom the last `thread_started` before them names.

-- Entries that one call looks at, or some more.
local entries_left = 1000

-- Whom a `thread_started` of another program names; nobody where it can be read in two ways.
local function named(detail)
  local owner, place = string.match(detail or '', '^user=(.-) namespace=(.*)$')
  if owner and not string.find(place, ' namespace=', 1, true) then return { owner, place } end
end

local function session_owner(key)
  if redis.call('TYPE', key).ok ~= 'hash' then return nil end
  local told = redis.call('HMGET', key, 'user', 'namespace')
  return { told[1] or 'default', told[2] }
end

local function is_their_entry(fields, thread)
  local owner = fields.user or thread and thread[1]
  local place = fields.namespace or (not fields.user and thread and thread[2])
  if not owner then
    count('ownerless', 1)
    return false
  end
  -- As with sessions: who tells no namespace means every one.
  return is_own_session(asked(place), owner, place)
end

-- Forgets their entries among the next of a stream, and returns where to read on; nothing at its end.
local function forget_entries(key, session_key, from)
  local position = from == '-' and { from = '-' } or cjson.decode(from)
  local session, started = session_owner(session_key), position.started
  local entries, theirs = redis.call('XRANGE', key, position.from, '+', 'COUNT', 1000), {}
  for _, entry in ipairs(entries) do
    local fields = fields_of(entry[2])
    if fields.action == 'thread_started' and not fields.user then started = named(fields.detail) end
    if is_their_entry(fields, session or started) then theirs[#theirs + 1] = entry[1] end
  end
  entries_left = entries_left - #entries
  if #theirs > 0 and not only_counts then
    redis.call('XDEL', key, unpack(theirs))
    if redis.call('XLEN', key) == 0 then redis.call('UNLINK', key) end
  end
  count('events', #theirs)
  if #entries == 1000 then return cjson.encode({ from = '(' .. entries[1000][1], started = started }) end
end

local types = { events = 'stream', sessions = 'hash', aside = 'ReJSON-RL', memories = 'ReJSON-RL' }
local forget = { sessions = forget_session, aside = forget_aside, memories = forget_memory }

-- Forgets what is theirs of one key; returns where a stream is to be read on.
local function look_at(key, at, from)
  local found = redis.call('TYPE', key).ok
  if found == 'none' then return end
  if found ~= (types[family] or 'hash') then
    if family ~= 'aside' or string.sub(key, -#ends) ~= ends then error('of another type') end
    -- What is left of a memory that was brought back or expired.
    local told = found == 'hash' and redis.call('HMGET', key, 'user', 'namespace') or {}
    if type(told[1]) == 'string' and is_theirs(told[1], told[2]) then unlink(key) end
    return
  end
  if family == 'events' then return forget_entries(key, KEYS[at + 1], from) end
  return (forget[family] or forget_record)(key)
end

local step, from, done = family == 'events' and 2 or 1, ARGV[5], 0
for at = 1, #KEYS, step do
  local key = KEYS[at]
  repeat
    local is_reached, next_from = pcall(look_at, key, at, from)
    if not is_reached then unreached[#unreached + 1] = key end
    from = is_reached and next_from or '-'
  until from == '-' or entries_left <= 0
  if from ~= '-' then break end
  done = done + 1
  if entries_left <= 0 then break end
end

local told = {}
for what, many in pairs(counts) do told[#told + 1], told[#told + 2] = what, many end
return { told, unreached, done, from }
