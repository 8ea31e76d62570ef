-- The rolling window of a session: turns as JSON texts, oldest first. Stands before write.lua.

-- Where each turn begins, if all are complete and spelled as we spell them; otherwise nothing. Only places are noted, so that
-- such a window is cut and not put together anew.
local opening = '{"content":"'
local function own_turn_starts(json)
  local starts, at = {}, 2
  while true do
    if string.sub(json, at, at + #opening - 1) ~= opening then return nil end
    local content_end = closing_quote(json, at + #opening)
    local past = content_end and string.match(json, '^,"role":"%l+","ts":%d+%.%d+}()[,%]]', content_end + 1)
    if not past then return nil end
    starts[#starts + 1] = at
    if past == #json then return starts end
    at = past + 1
  end
end

local function is_complete(turn)
  return type(turn.role) == 'string' and type(turn.content) == 'string'
    and type(turn.ts) == 'number' and turn.ts == turn.ts
end

-- Some readers lose the whole window over one turn that lacks a key.
local function completed(turn)
  if type(turn.role) ~= 'string' then turn.role = 'user' end
  if type(turn.content) ~= 'string' then turn.content = '' end
  local ts = tonumber(turn.ts)
  turn.ts = ts == ts and ts or 0
  return cjson.encode(turn)
end

-- The turns in a window of others, as JSON texts, oldest first; what is no list of turns counts as none.
local function turn_texts(json)
  if not string.match(json, '^%s*%[') then return {} end
  local is_json, turns = pcall(cjson.decode, json)
  if not is_json then return {} end
  local texts, kept = element_texts(json), {}
  for index, turn in ipairs(turns) do
    if type(turn) == 'table' then
      local carried_over = #texts == #turns and is_complete(turn)
      kept[#kept + 1] = carried_over and texts[index] or completed(turn)
    end
  end
  return kept
end

-- The window with one turn more, at most `window` of them.
local function appended(json, turn, window)
  local starts = json and own_turn_starts(json)
  if starts then
    local first = starts[math.max(1, #starts - window + 2)]
    return '[' .. (first and string.sub(json, first, -2) .. ',' or '') .. turn .. ']'
  end
  local texts = turn_texts(json or '')
  texts[#texts + 1] = turn
  return '[' .. table.concat(texts, ',', math.max(1, #texts - window + 1)) .. ']'
end
