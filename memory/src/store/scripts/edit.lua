-- Changes parts of a memory of the scope. What they were is kept in its history.
--
-- KEYS[1]  the memory's key
-- ARGV     user, namespace, the changed fields (JSON object of some of text, embedding, kind, tags, superseded_by, superseded_ts; null
--          takes one away), TTL ('' = as it is, '0' = stays, else seconds, with a leading '@' when it ends in Unix milliseconds),
--          now (Unix seconds), by, what (edit | revert | restored)
-- returns  1 if it is as asked now, 0 if there is none of theirs
local key, changed, ttl = KEYS[1], ARGV[3], ARGV[4]
if not is_own_memory({ user = ARGV[1], namespace = ARGV[2] }, key) then return 0 end

-- What is really another value now, as it was.
local wanted, was = cjson.decode(changed), {}
for _, name in ipairs({ 'text', 'kind', 'tags', 'superseded_by' }) do
  if wanted[name] ~= nil then
    local stored = json_at(key, '$.' .. name)
    local is_same
    if wanted[name] == cjson.null then
      is_same = stored == nil or stored == '[]'
    elseif name == 'tags' then
      is_same = stored ~= nil and cjson.encode(cjson.decode(stored)) == cjson.encode(wanted.tags)
    else
      is_same = stored ~= nil and cjson.decode(stored) == wanted[name]
    end
    if not is_same then was[#was + 1], was[#was + 2] = name, stored or 'null' end
  end
end
if ttl ~= '' then
  local ends = string.format('%.0f', redis.call('PEXPIRETIME', key))
  if ttl ~= '0' or ends ~= '-1' then was[#was + 1], was[#was + 2] = 'expires_at_ms', ends end
end
if #was == 0 then return 1 end

local new = entry({ now = ARGV[5], by = ARGV[6] }, ARGV[7], was)
local history = history_with(key, new)
local fields = string.sub(changed, 2, -2) .. history
redis.call('JSON.MERGE', key, '$', '{' .. string.gsub(fields, '^,', '') .. '}')
if ttl == '0' then
  redis.call('PERSIST', key)
elseif string.sub(ttl, 1, 1) == '@' then
  redis.call('PEXPIREAT', key, string.sub(ttl, 2))
elseif ttl ~= '' then
  redis.call('EXPIRE', key, ttl)
end
return 1
