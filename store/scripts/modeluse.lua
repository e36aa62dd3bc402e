-- Adds to what the helpers of a model did on a day and in its month, each batch
-- once.
-- KEYS  1 day, 2 month
-- ARGV  1 who adds, 2 number of the batch, rising, 3 lifetime of the day in ms,
--       4 of the month; then field and amount in turns
-- Reply 1 added, 0 was added before
local call = redis.call
local who = '@' .. ARGV[1]
if tonumber(call('HGET', KEYS[1], who) or '0') >= tonumber(ARGV[2]) then return 0 end
call('HSET', KEYS[1], who, ARGV[2])
for i = 5, #ARGV, 2 do
  call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1])
  call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1])
end
call('PEXPIRE', KEYS[1], ARGV[3])
call('PEXPIRE', KEYS[2], ARGV[4])
return 1
