-- Ends a test account with its step of the trail, both or neither.
-- KEYS  1 trail, 2 test accounts
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON, 3 mark
--       of the person, 4 what was read of it
-- Reply 1 done, 0 the trail went on meanwhile, -1 it is gone or another's
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if number ~= ARGV[1] then return 0 end
if call('HGET', KEYS[2], ARGV[3]) ~= ARGV[4] then return -1 end
call('HDEL', KEYS[2], ARGV[3])
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
