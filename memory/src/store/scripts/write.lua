-- One atomic write: a session changed, a memory remembered, an event logged, the outcome kept under the caller's key.
-- Either all of it is done or nothing: every check comes before the first write.
--
-- KEYS     those that are known, in the order in which the request's parts name them (`key` is their number)
-- ARGV[1]  the request (JSON):
--            user, namespace, now (Unix seconds, as text), by (the way in)
--            session  { key, thread_id, agent, ttl, window, operation (start | append | goal | scratchpad | delete), last_said,
--                       threads { index, query, prefix, limit }: look for the scope's current thread first; `thread_id` is then
--                       the id of the one that begins where there is none }
--            memory   { key, prefix, index, query, kind, ttl (0 = stays), threshold, expires_at_ms (to the millisecond), tells_thread: the document lacks its thread,
--                       rule: 'content' | 'distance' | 'new' (whatever is near), review: the key of the scope's inbox,
--                       supersedes { { key, id } ... }, judged { id: { token, verdict: 'same' | 'revision' | 'other' } } }
--            event    { key, prefix, action, detail, ttl, length }
--            once     { key, fingerprint, part, ttl }
-- ARGV[2]  what the session's operation sets: the turn as JSON, or the new text
-- ARGV[3]  the memory's embedding (1536 bytes)
-- ARGV[4]  the memory's document (JSON)
-- ARGV[5]  the memory's text
-- returns  { 'done' | 'repeated', thread id, begun (0 | 1), turn count (delete: sessions deleted), memory ('' | 'new' | 'hit'),
--            its id, its distance, id and distance of the memory that it revises } | { 'denied', thread id } | { 'exists', thread id }
--          | { 'taken' } (the key stands for another request) | { 'unfit', key, its type }
--          | { 'missing', id }: it should be superseded, and the scope has no such memory
--          | { 'judge', id, distance, token, text, ... }: these lie within the threshold, and nobody has said yet what they are
--            to the new text. Nothing was written: say it and call again
local request = cjson.decode(ARGV[1])
local session, memory, event, once = request.session, request.memory, request.event, request.once
local thread_id = session and session.thread_id or ''
local session_key = session and KEYS[session.key]
local event_key = event and KEYS[event.key]
local change = { now = request.now, by = request.by }

-- The last active thread of the scope.
local function current_thread(threads)
  local found = redis.call('FT.SEARCH', threads.index, threads.query,
    'PARAMS', 4, 'user', request.user, 'namespace', request.namespace, 'SORTBY', 'last_active_ts', 'DESC',
    'RETURN', 2, 'user', 'namespace', 'LIMIT', 0, threads.limit, 'DIALECT', 2)
  for at = 2, #found, 2 do
    local id = string.sub(found[at], #threads.prefix + 1)
    if type(found[at + 1]) == 'table' and id ~= '' and not string.find(id, '%c') then
      local fields = fields_of(found[at + 1])
      if is_own_session(request, fields.user, fields.namespace) then return id end
    end
  end
end

-- The nearest memories of the kind within the threshold, nearest first: { key, id, distance, text }. Redis Search folds the case
-- of tags, so some may be somebody else's: look further until one is ours. A stored vector without a direction has the
-- distance nan, which is neither within nor beyond the threshold.
local function neighbours()
  local k = 4
  while true do
    local rows, found = redis.call('FT.SEARCH', memory.index, memory.query,
      'PARAMS', 10, 'user', request.user, 'namespace', request.namespace, 'kind', memory.kind, 'k', k, 'vector', ARGV[3],
      'SORTBY', 'distance', 'RETURN', 8, 'distance', 'user', 'namespace', 'kind', 'text',
      '$.superseded_by', 'AS', 'superseded_by', 'LIMIT', 0, k, 'DIALECT', 2), {}
    for at = 2, #rows, 2 do
      local fields = type(rows[at + 1]) == 'table' and fields_of(rows[at + 1]) or {}
      local distance = tonumber(fields.distance)
      if distance and distance > memory.threshold then return found end
      if distance and distance <= memory.threshold and is_scope(request, fields.user, fields.namespace)
        and fields.kind == memory.kind and not fields.superseded_by and redis.call('EXISTS', rows[at]) == 1 then
        found[#found + 1] = { key = rows[at], id = string.sub(rows[at], #memory.prefix + 1), distance = fields.distance,
          text = fields.text or '' }
      end
    end
    if #found > 0 or (#rows - 1) / 2 < k or k > 1000 then return found end
    k = k * 8
  end
end

-- What the new text is to those around it: the one that says the same, the one that it revises, or those to be judged.
local function relation()
  local revised, unknown = nil, { 'judge' }
  if memory.rule == 'new' then return nil, nil, unknown end
  for _, near in ipairs(neighbours()) do
    local judged, token = memory.judged[near.id], redis.sha1hex(near.text)
    local verdict = judged and judged.token == token and judged.verdict
    if memory.rule == 'distance' or near.text == ARGV[5] then verdict = 'same' end
    if verdict == 'same' and #unknown == 1 then return near, nil, unknown end
    if verdict == 'revision' then revised = revised or near end
    if not verdict then
      for _, told in ipairs({ near.id, near.distance, token, near.text }) do unknown[#unknown + 1] = told end
    end
  end
  return nil, revised, unknown
end

-- Which of our keys is of another type than we need.
local function unfit()
  for _, part in ipairs({ { session_key, 'hash' }, { event_key, 'stream' }, { once and KEYS[once.key], 'hash' },
    { memory and KEYS[memory.review], 'hash' } }) do
    if part[1] then
      local found = redis.call('TYPE', part[1]).ok
      if found ~= 'none' and found ~= part[2] then return { 'unfit', part[1], found } end
    end
  end
end

local function write_session(stored, exists)
  if session.operation == 'delete' then return redis.call('DEL', session_key) end
  if not exists then
    redis.call('HSET', session_key, 'thread_id', thread_id, 'user', request.user, 'agent', session.agent, 'goal', '',
      'scratchpad', '', 'turn_count', '0', 'created_ts', request.now, 'recent_turns', '[]')
  end
  local turn_count = tonumber(stored[3]) or 0
  local fields = { 'last_active_ts', request.now, 'namespace', request.namespace }
  if session.operation == 'append' then
    turn_count = turn_count + 1
    fields[5], fields[6] = 'recent_turns', appended(stored[4], ARGV[2], session.window)
    fields[7], fields[8] = 'turn_count', string.format('%.0f', turn_count)
    fields[9], fields[10] = 'last_said', session.last_said
    fields[11], fields[12] = 'last_said_turn', fields[8]
  elseif session.operation == 'scratchpad' then
    fields[5], fields[6] = 'scratchpad', ARGV[2]
  else -- start and goal
    fields[5], fields[6] = 'goal', ARGV[2]
  end
  redis.call('HSET', session_key, unpack(fields))
  redis.call('EXPIRE', session_key, session.ttl)
  return turn_count
end

-- Counts a hit, which never shortens a life. Another wording is kept in the history.
local function count_hit(near)
  local key = near.key
  local hits = near.text ~= ARGV[5] and tonumber(json_at(key, '$.hit_count') or nil)
  if hits then
    local history = history_with(key, entry(change, 'merge', { 'text', cjson.encode(ARGV[5]) }))
    redis.call('JSON.MERGE', key, '$', '{"hit_count":' .. string.format('%.0f', hits + 1) .. history .. '}')
  else
    local counted = redis.pcall('JSON.NUMINCRBY', key, '$.hit_count', 1)
    if type(counted) ~= 'string' or counted == '[]' or counted == '[null]' then
      redis.call('JSON.SET', key, '$.hit_count', '1')
    end
  end
  if memory.ttl == 0 then
    redis.call('PERSIST', key)
  else
    local left = redis.call('TTL', key)
    if left >= 0 and left < memory.ttl then redis.call('EXPIRE', key, memory.ttl) end
  end
end

local function write_memory(key, id, revised, turn, began)
  local document = ARGV[4]
  local function add(name, json)
    document = string.sub(document, 1, -2) .. ',"' .. name .. '":' .. json .. '}'
  end
  if memory.tells_thread then add('source_thread', cjson.encode(thread_id)) end
  -- Which turn of its thread it is, so that its neighbours are known.
  if turn then
    add('turn', string.format('%.0f', turn))
    -- One of the same name may have expired: its turns were others.
    began = tonumber(began)
    if began then add('thread_began', string.format('%.17g', began)) end
  end
  if revised then
    add('revises', cjson.encode(revised.id))
    -- The first of all versions, so that they are known for one another where one between them is gone.
    add('chain', json_at(revised.key, '$.chain') or cjson.encode(revised.id))
  end
  redis.call('JSON.SET', key, '$', document)
  if memory.expires_at_ms then
    redis.call('PEXPIREAT', key, string.format('%.0f', memory.expires_at_ms))
  elseif memory.ttl > 0 then
    redis.call('EXPIRE', key, memory.ttl)
  end
  if revised and revised.distance then
    note_pair(KEYS[memory.review], request, revised.id, id, 'conflict', revised.distance, change)
  end
end

-- The first of those that the new memory is to supersede and that the scope does not have.
local function missing()
  for _, older in ipairs(memory.supersedes) do
    if not is_own_memory(request, KEYS[older.key]) then return older.id end
  end
end

local function log(action, detail)
  -- Whose event it is, so that a thread id that two scopes used one after the other shows neither the other's.
  redis.call('XADD', event_key, 'MAXLEN', '~', event.length, '*', 'action', action, 'detail', detail, 'ts', request.now,
    'user', request.user, 'namespace', request.namespace)
end

-- What was done under the caller's key before.
if once then
  if redis.call('TYPE', KEYS[once.key]).ok == 'hash' then
    local known = redis.call('HMGET', KEYS[once.key], 'fingerprint', once.part)
    if known[1] and known[1] ~= once.fingerprint then return { 'taken' } end
    if known[2] then return cjson.decode(known[2]) end
  end
end

-- The thread, and whether it may be written.
local begun, exists, stored = 0, false, {}
if session then
  local current = session.threads and current_thread(session.threads)
  if current then
    thread_id = current
    session_key = session.threads.prefix .. current
    event_key = event and event.prefix .. current
  elseif session.threads then
    begun = 1
  end
end
local misfit = unfit()
if misfit then return misfit end
if session then
  exists = redis.call('EXISTS', session_key) == 1
  stored = redis.call('HMGET', session_key, 'user', 'namespace', 'turn_count', 'recent_turns', 'created_ts')
  if exists and not is_own_session(request, stored[1], stored[2]) then return { 'denied', thread_id } end
  if exists and session.operation == 'start' then return { 'exists', thread_id } end
end

-- The memory, and what becomes of it.
local known, revised, unknown
local new_key = memory and KEYS[memory.key]
if memory then
  local lacks = missing()
  if lacks then return { 'missing', lacks } end
  known, revised, unknown = relation()
  if #unknown > 1 then return unknown end
  if not known and redis.call('EXISTS', new_key) == 1 then
    return redis.error_reply('ERR the new memory has the id of another one, try again')
  end
end

-- From here on nothing can fail but Redis itself.
local outcome = { 'repeated', thread_id, begun, session and write_session(stored, exists) or 0, '', '', '', '', '' }
local detail = event and event.detail
if memory then
  local id = known and known.id or string.sub(new_key, #memory.prefix + 1)
  local first = memory.supersedes[1]
  if known then
    count_hit(known)
    outcome[5], outcome[6], outcome[7] = 'hit', id, known.distance
    detail = 'deduped onto ' .. id
  else
    -- Whoever knows which one it supersedes has decided: there is nothing to review.
    write_memory(new_key, id, first and { id = first.id, key = KEYS[first.key] } or revised,
      session and session.operation == 'append' and outcome[4], exists and stored[5] or request.now)
    outcome[5], outcome[6] = 'new', id
    if revised then outcome[8], outcome[9] = revised.id, revised.distance end
    detail = 'wrote ' .. id .. ' as ' .. memory.kind
  end
  for _, older in ipairs(memory.supersedes) do
    if older.id ~= id then supersede(KEYS[older.key], id, change) end
  end
end
if event then
  if begun == 1 then log('thread_started', 'user=' .. request.user .. ' namespace=' .. request.namespace) end
  log(event.action, detail)
  redis.call('EXPIRE', event_key, event.ttl)
end
if once then
  redis.call('HSET', KEYS[once.key], 'user', request.user, 'namespace', request.namespace,
    'fingerprint', once.fingerprint, once.part, cjson.encode(outcome))
  redis.call('EXPIRE', KEYS[once.key], once.ttl)
end
outcome[1] = 'done'
return outcome
