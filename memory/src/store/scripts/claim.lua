-- Claims a key of idempotency, or tells what is known of it.
--
-- KEYS[1]  the key
-- ARGV     fingerprint of the request, token of this run, how long the claim holds (milliseconds)
-- returns  {} if it is claimed now, else {fingerprint, status, content type, body}; no status while it runs
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'status', 'content_type', 'body')
if known[1] then
  if not known[2] then return { known[1] } end
  return known
end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {}
