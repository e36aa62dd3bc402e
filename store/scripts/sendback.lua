-- Gives a batch back, so that it may be taken at once. A batch in which
-- somebody is still begun keeps its lease.
-- KEYS  1 sendfates, 2 sendqueue, 3 sendholds
-- ARGV  1 batch, 2 token, 3 first position of the batch, 4 last one
-- Reply 1 done, 0 another holds it or somebody is begun
local call = redis.call
local held = call('HGET', KEYS[3], ARGV[1]) or ''
if string.sub(held, 1, #ARGV[2] + 1) ~= ARGV[2] .. ':' then return 0 end
local fates = call('GETRANGE', KEYS[1], ARGV[3], ARGV[4])
if string.find(fates, '1', 1, true) then return 0 end
call('HDEL', KEYS[3], ARGV[1])
call('ZADD', KEYS[2], '0', ARGV[1])
return 1
