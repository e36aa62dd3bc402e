-- Keeps how somebody wants to be called, while their ticket is as it was read.
-- KEYS  1 tickets, 2 contact
-- ARGV  1 code, 2 the row as it was read, 3 the contact, sealed, 4 lifetime in ms
-- Reply 1 done, 0 the row is another
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
return 1
