-- FT.SEARCH whose rows tell more that no index has: what is left of the key's life, and on request the exact time of writing.
--
-- ARGV[1]  'lives' | 'lives and times'
-- ARGV     then the arguments of FT.SEARCH
-- returns  its reply; each row with `pttl` (as PTTL), and on request `created` (as JSON.GET key $.created_ts), behind its fields
local tells_times = ARGV[1] == 'lives and times'
local found = redis.call('FT.SEARCH', unpack(ARGV, 2))
for at = 2, #found, 2 do
  local key, row = found[at], found[at + 1]
  -- A memory that expired between search and answer has no fields.
  if type(row) == 'table' then
    row[#row + 1], row[#row + 2] = 'pttl', tostring(redis.call('PTTL', key))
    local created = tells_times and redis.pcall('JSON.GET', key, '$.created_ts')
    if type(created) == 'string' then row[#row + 1], row[#row + 2] = 'created', created end
  end
end
return found
