-- Holds a campaign for longer, or lets it go.
-- KEYS  1 campaign:due, 2 campaign:held
-- ARGV  1 id, 2 token, 3 when it is due again in ms, 4 1 = let go
-- Reply 1 done, -2 the token does not hold it
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if not holder or holder ~= ARGV[2] then return -2 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
if ARGV[4] == '1' then redis.call('HDEL', KEYS[2], ARGV[1]) end
return 1
