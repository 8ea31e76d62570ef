-- What may be recalled: the nearest, those whose words fit best, and the neighbouring turns of the first of both.
--
-- ARGV     index, filter, KNN clause, vector, nearest to find, texts to find, seeds, neighbours, pieces of words ('' = none),
--          memories in all ('' = not known), words, each word and the share of the memories that have it ('' = not known), then name and value of each parameter of all of them
-- returns  { { total, count, ... }, distances, key, document, key, document, ... }: how many memories the filter has, and how many of
--          them have each word, -1 for what was not counted; key and distance in turn; each memory once, and of its document what JSON.GET says of user, namespace, text,
--          source_thread and turn
local index, filter, knn, vector = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local nearest_count, text_count, seeds, reach = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local pieces, total, word_count = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])
local parameters_from = 12 + 2 * word_count

local function search(query, more, ...)
  local command = { 'FT.SEARCH', index, query, 'PARAMS', #ARGV - parameters_from + 1 + #more }
  local function add(part) command[#command + 1] = part end
  for at = parameters_from, #ARGV do add(ARGV[at]) end
  for _, value in ipairs(more) do add(value) end
  for _, part in ipairs({ ... }) do add(part) end
  add('DIALECT')
  add(2)
  return redis.call(unpack(command))
end

-- How common each word is in the scope: the engine knows it over all scopes, and would take the name that half of a scope's
-- memories begin with for a rare word.
local counts, found_words = { -1 }, {}
for at = 12, parameters_from - 1, 2 do
  local share, having = tonumber(ARGV[at + 1]), -1
  if not share then
    total = total or search(filter, {}, 'LIMIT', 0, 0)[1]
    having = search(filter .. ' @text:(' .. ARGV[at] .. ')', {}, 'LIMIT', 0, 0)[1]
    share = having / math.max(total, 1)
  end
  counts[#counts + 1] = having
  if share > 0 then found_words[#found_words + 1] = { word = ARGV[at], share = share } end
end
counts[1] = total or -1

-- The rarest first, as long as what has them is little beside the scope, and can be scored in a millisecond or two.
local common, most = 0.2, 5000
local sought, matches = {}, 0
table.sort(found_words, function(one, other) return one.share < other.share end)
for _, found_word in ipairs(found_words) do
  matches = matches + found_word.share * (total or 0)
  if #sought > 0 and (found_word.share > common and sought.is_rare or matches > most) then break end
  sought[#sought + 1] = found_word.word
  sought.is_rare = sought.is_rare or found_word.share <= common
end
if pieces ~= '' then sought[#sought + 1] = pieces end

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
local distances, found, seen, far = {}, { counts }, {}, {}
found[2] = distances
local function add(key, distance)
  if not seen[key] then
    seen[key] = redis.pcall('JSON.GET', key, '$.user', '$.namespace', '$.text', '$.source_thread', '$.turn',
      '$.thread_began', '$.kind', '$.superseded_by')
    if type(seen[key]) ~= 'string' then seen[key] = '' end
    if #seen[key] > longest then seen[key] = shortened(seen[key]) end
    found[#found + 1], found[#found + 2] = key, seen[key]
    if distance then
      distances[#distances + 1], distances[#distances + 2] = key, distance
    else
      far[#far + 1] = key
    end
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

-- The distances of these, nearest first: { count, key, { 'distance', distance }, ... }.
local function measure(clause, count, ...)
  return search(filter .. clause, { 'vector', vector, 'k', count }, 'SORTBY', 'distance', 'RETURN', 1, 'distance',
    'LIMIT', 0, count, ...)
end

local nearest = measure(knn, nearest_count)
for at = 2, #nearest, 2 do
  local row = nearest[at + 1]
  local document = add(nearest[at], type(row) == 'table' and row[2] or '')
  if at <= 2 * seeds then reach_out(document) end
end
if #sought > 0 then
  local texts = search(filter .. ' @text:(' .. table.concat(sought, '|') .. ')', {}, 'SCORER', 'BM25STD', 'NOCONTENT', 'LIMIT', 0, text_count)
  for at = 2, #texts do
    local document = add(texts[at])
    if at <= seeds + 1 then reach_out(document) end
  end
end
if #clauses > 0 then
  local around = search(filter .. ' (' .. table.concat(clauses, ' | ') .. ')', parameters,
    'NOCONTENT', 'LIMIT', 0, 4 * #clauses * (2 * reach + 1))
  for at = 2, #around do add(around[at]) end
end
-- Of those that words or threads brought in, too.
if #far > 0 then
  local measured = measure('=>[KNN $k @embedding $vector AS distance]', #far, 'INKEYS', #far, unpack(far))
  for at = 2, #measured, 2 do
    local row = measured[at + 1]
    if type(row) == 'table' and row[2] then
      distances[#distances + 1], distances[#distances + 2] = measured[at], row[2]
    end
  end
end
return found
