-- Keeps the answer to a request for its repetitions, beside what write.lua kept of its outcome.
--
-- KEYS[1]  the record of the caller's key
-- ARGV     fingerprint of the request, seconds that it is kept, status, content type, body, user and namespace (both '' = unknown)
-- returns  1 if it is kept, 0 if the key stands for another request
local known = redis.call('HGET', KEYS[1], 'fingerprint')
if known and known ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'status', ARGV[3], 'content_type', ARGV[4], 'body', ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'user', ARGV[6], 'namespace', ARGV[7]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
