-- FT.SEARCH whose rows tell two things more that no index has: what is left of the key's life, and the exact time.
--
-- ARGV     the arguments of FT.SEARCH
-- returns  its reply; each row with `pttl` (as PTTL) and `created` (as JSON.GET key $.created_ts) behind its fields
local found = redis.call('FT.SEARCH', unpack(ARGV))
for at = 2, #found, 2 do
  local key, row = found[at], found[at + 1]
  -- A memory that expired between search and answer has no fields.
  if type(row) == 'table' then
    local created = redis.pcall('JSON.GET', key, '$.created_ts')
    row[#row + 1], row[#row + 2] = 'pttl', tostring(redis.call('PTTL', key))
    if type(created) == 'string' then row[#row + 1], row[#row + 2] = 'created', created end
  end
end
return found
