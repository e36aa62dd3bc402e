-- Makes a person a test account with its step of the trail, uses the code up,
-- and forgets the number that the person had as a resident: all or nothing.
-- KEYS  1 trail, 2 codes, 3 test accounts, 4 residents; of a person with a
--       number also 5 followers, 6 optout, 7 the row's hash, 8 allowance
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON, 3 hash
--       of the code, 4 what was read of it, 5 mark of the person, 6 the test
--       account as JSON, 7 pseudonym, 8 number ('0' = none), 9 how many test
--       accounts there may be
-- Reply 1 done, 0 the trail went on meanwhile, -1 the code was used meanwhile,
--       -2 there are as many as there may be
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if number ~= ARGV[1] then return 0 end
if call('HGET', KEYS[2], ARGV[3]) ~= ARGV[4] then return -1 end
if call('HEXISTS', KEYS[3], ARGV[5]) == 0 and call('HLEN', KEYS[3]) >= tonumber(ARGV[9], 10) then return -2 end
call('HDEL', KEYS[2], ARGV[3])
call('HSET', KEYS[3], ARGV[5], ARGV[6])
call('HDEL', KEYS[4], ARGV[7])
if ARGV[8] ~= '0' then
  call('SETBIT', KEYS[5], ARGV[8], 0)
  call('SETBIT', KEYS[6], ARGV[8], 0)
  call('HDEL', KEYS[7], ARGV[8])
  call('DEL', KEYS[8])
end
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
