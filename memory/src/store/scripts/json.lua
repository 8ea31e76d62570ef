-- JSON as text. Stands before scripts that carry parts of JSON over as they are.

-- Where the JSON text ends whose content is at `at`: the next quote that no backslash escapes. A plain search for quotes
-- is some fifty times faster than a pattern, and a window may be a megabyte.
local function closing_quote(json, at)
  while true do
    at = string.find(json, '"', at, true)
    if not at then return nil end
    local before = at - 1
    while string.byte(json, before) == 92 do before = before - 1 end
    if (at - before) % 2 == 1 then return at end
    at = at + 1
  end
end

-- The texts of the elements of a JSON array that cjson could read. cjson would print numbers with 14 digits and
-- lose the microseconds of older turns, so they are carried over as they stand.
local function element_texts(json)
  local texts, depth, from, at = {}, 0, nil, 1
  while true do
    at = string.find(json, '["%[%]{},]', at)
    if not at then return texts end
    local symbol = string.sub(json, at, at)
    if symbol == '"' then
      at = closing_quote(json, at + 1)
      if not at then return texts end
    elseif symbol == '[' or symbol == '{' then
      depth = depth + 1
      if depth == 1 then from = at + 1 end
    elseif depth == 1 then
      local text = string.match(string.sub(json, from, at - 1), '^%s*(.*%S)')
      if text then texts[#texts + 1] = text end
      from = at + 1
      if symbol == ']' then return texts end
    elseif symbol ~= ',' then
      depth = depth - 1
    end
    at = at + 1
  end
end
