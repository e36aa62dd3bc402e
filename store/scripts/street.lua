-- Keeps a version of what the office tells about itself, with its step of the
-- trail, both or neither.
-- KEYS  1 trail, 2 version, 3 street
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON,
--       3 how many versions there were, 4 the version as JSON
-- Reply 1 done, 0 the trail went on meanwhile, -1 there are other versions
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if number ~= ARGV[1] then return 0 end
if string.format('%d', call('LLEN', KEYS[3])) ~= ARGV[3] then return -1 end
call('RPUSH', KEYS[3], ARGV[4])
call('INCR', KEYS[2])
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
