-- Drops the ledger of a month and keeps its mark and the step of the trail: all
-- or nothing, and only if the ledger is as long as it was when it was checked.
-- KEYS  1 trail, 2 retired, 3 ledger, 4 crisis
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON, 3 month,
--       4 lines that were read, 5 the mark that was read ('' = none), 6 the mark
-- Reply 1 done, 0 the trail went on meanwhile, -1 the ledger or the mark did
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if call('XLEN', KEYS[3]) + call('XLEN', KEYS[4]) ~= tonumber(ARGV[4], 10) then return -1 end
if (call('HGET', KEYS[2], ARGV[3]) or '') ~= ARGV[5] then return -1 end
if number ~= ARGV[1] then return 0 end
call('HSET', KEYS[2], ARGV[3], ARGV[6])
call('UNLINK', KEYS[3], KEYS[4])
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
