-- On the way to another model: which memories have no vector of it yet, setting one, taking vectors away. Each memory is looked at
-- or changed by itself; what is gone, or is no document with a text, is passed over.
--
-- KEYS     keys of memories
-- ARGV[1]  look | set | drop
-- look     ARGV[2] the field of the vector, ARGV[3] its numbers, ARGV[4] the name of the model, ARGV[5] the name of the one whose
--          vectors nobody names
--          returns { documents, key, digest of the text, text, ... } of those that lack a vector of their present text
-- set      one key; ARGV[2] the digest of the text that was embedded, ARGV[3] the fields to set (JSON object)
--          returns 1, or 0 where the text is another one by now
-- drop     ARGV[2 ...] names of fields
--          returns how many documents had one
local operation = ARGV[1]

local function text_and(key, name)
  local stored = redis.pcall('JSON.GET', key, '$.text', '$.' .. name)
  if type(stored) ~= 'string' then return nil end
  local fields = cjson.decode(stored)
  local text = fields['$.text'][1]
  return type(text) == 'string' and text or nil, fields['$.' .. name][1]
end

local function look()
  local field, dimensions, model, unnamed = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
  local due = { 0 }
  for _, key in ipairs(KEYS) do
    local is_first = field == 'embedding'
    local text, told = text_and(key, is_first and 'model' or field .. '_of')
    if text then
      due[1] = due[1] + 1
      local digest, is_there = redis.sha1hex(text), nil
      if is_first then
        if told == nil or told == cjson.null then told = unnamed end
        is_there = told == model and redis.call('JSON.ARRLEN', key, '$.embedding')[1] == dimensions
      else
        is_there = told == digest
      end
      if not is_there then
        for _, value in ipairs({ key, digest, text }) do due[#due + 1] = value end
      end
    end
  end
  return due
end

local function set()
  local text = text_and(KEYS[1], 'text')
  if not text or redis.sha1hex(text) ~= ARGV[2] then return 0 end
  redis.call('JSON.MERGE', KEYS[1], '$', ARGV[3])
  return 1
end

local function drop()
  local dropped = 0
  for _, key in ipairs(KEYS) do
    local had_some = 0
    for at = 2, #ARGV do
      local deleted = redis.pcall('JSON.DEL', key, '$.' .. ARGV[at])
      if type(deleted) == 'number' and deleted > 0 then had_some = 1 end
    end
    dropped = dropped + had_some
  end
  return dropped
end

if operation == 'look' then return look() end
if operation == 'set' then return set() end
return drop()
