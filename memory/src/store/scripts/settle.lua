-- Keeps the answer of a claimed key of idempotency, or gives the key up; nothing where another run claimed it since.
--
-- KEYS[1]  the key
-- ARGV     token of this run, how long the answer is kept (seconds, 0 = give up), status, content type, body
-- returns  1 if it was this run's, else 0
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'status', ARGV[3], 'content_type', ARGV[4], 'body', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
