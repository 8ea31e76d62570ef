-- What may be recalled: the nearest, those whose words fit best, and the neighbouring turns of the first of both.
--
-- ARGV     index, filter, KNN clause, text clause ('' = no words), vector, nearest to find, texts to find, seeds, neighbours, words,
--          then name and value of each parameter of the filter, and last of each word
-- returns  { counts, key, distance, document, key, distance, document, ... }: how many memories the filter has, and how many of them
--          have each word; each memory once, its distance ('' where it is not among the nearest), and of its document what
--          JSON.GET says of user, namespace, text, source_thread and turn
local index, filter, knn, words, vector = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local nearest_count, text_count, seeds, reach = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local word_count = tonumber(ARGV[10])

local function search(query, more, ...)
  local command = { 'FT.SEARCH', index, query, 'PARAMS', #ARGV - 10 + #more }
  local function add(part) command[#command + 1] = part end
  for at = 11, #ARGV do add(ARGV[at]) end
  for _, value in ipairs(more) do add(value) end
  for _, part in ipairs({ ... }) do add(part) end
  add('DIALECT')
  add(2)
  return redis.call(unpack(command))
end

local counts = {}
if word_count > 0 then
  -- In the scope: the engine counts over all scopes.
  counts[1] = search(filter, {}, 'LIMIT', 0, 0)[1]
  for at = #ARGV - 2 * word_count + 1, #ARGV, 2 do
    counts[#counts + 1] = search(filter .. ' @text:($' .. ARGV[at] .. ')', {}, 'LIMIT', 0, 0)[1]
  end
end

-- Bytes of a text whose words count: what is longer says what it is about before, and a hundred of them are sent.
local longest = 16384
local function shortened(document)
  local parts = {}
  for path, values in pairs(cjson.decode(document)) do
    local value = values[1]
    if path == '$.text' and type(value) == 'string' then value = string.sub(value, 1, longest) end
    -- An empty list would come back as an object.
    parts[#parts + 1] = cjson.encode(path) .. ':[' .. (value ~= nil and cjson.encode(value) or '') .. ']'
  end
  return '{' .. table.concat(parts, ',') .. '}'
end

-- A row of fields costs ten times what its key does: documents are read once each, and not by the searches.
local found, seen = { counts }, {}
local function add(key, distance)
  if not seen[key] then
    seen[key] = redis.pcall('JSON.GET', key, '$.user', '$.namespace', '$.text', '$.source_thread', '$.turn')
    if type(seen[key]) ~= 'string' then seen[key] = '' end
    if #seen[key] > longest then seen[key] = shortened(seen[key]) end
    found[#found + 1], found[#found + 2], found[#found + 3] = key, distance, seen[key]
  end
  return seen[key]
end

-- Where the first of both stand in their threads.
local clauses, threads, parameters = {}, {}, {}
local function reach_out(document)
  local read, fields = pcall(cjson.decode, document)
  local thread, turn = read and fields['$.source_thread'], read and fields['$.turn']
  thread, turn = thread and thread[1], turn and turn[1]
  if type(thread) ~= 'string' or thread == '' or type(turn) ~= 'number' then return end
  if not threads[thread] then
    threads[thread] = 't' .. #parameters
    parameters[#parameters + 1], parameters[#parameters + 2] = threads[thread], thread
  end
  clauses[#clauses + 1] = string.format('(@source_thread:{$%s} @turn:[%.0f %.0f])', threads[thread], turn - reach, turn + reach)
end

local nearest = search(filter .. knn, { 'vector', vector, 'k', nearest_count }, 'SORTBY', 'distance',
  'RETURN', 1, 'distance', 'LIMIT', 0, nearest_count)
for at = 2, #nearest, 2 do
  local row = nearest[at + 1]
  local document = add(nearest[at], type(row) == 'table' and row[2] or '')
  if at <= 2 * seeds then reach_out(document) end
end
if words ~= '' then
  local texts = search(filter .. words, {}, 'SCORER', 'BM25STD', 'NOCONTENT', 'LIMIT', 0, text_count)
  for at = 2, #texts do
    local document = add(texts[at], '')
    if at <= seeds + 1 then reach_out(document) end
  end
end
if #clauses > 0 then
  local around = search(filter .. ' (' .. table.concat(clauses, ' | ') .. ')', parameters,
    'NOCONTENT', 'LIMIT', 0, #clauses * (2 * reach + 1))
  for at = 2, #around do add(around[at], '') end
end
return found
