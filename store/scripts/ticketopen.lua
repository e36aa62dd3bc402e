-- Opens a ticket.
-- KEYS  1 tickets, 2 counts of the month, 3 how many were opened on the day;
--       of one that can be answered 4 the codes of its owner, 5 way back
-- ARGV  1 code, 2 the row, 3 the most that may be opened in a day, 4 lifetime
--       of the day's number in ms, 5 how many codes the owner was seen to
--       have, 6 what stands beside the code there, 7 the way back, sealed,
--       8 lifetime of both in ms; then the counters that grow by one
-- Reply 1 done, 0 the owner's codes are others, -1 the code is taken, -2 no
--       more may be opened today
local call = redis.call
if KEYS[4] and call('HLEN', KEYS[4]) ~= tonumber(ARGV[5]) then return 0 end
if call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return -1 end
if tonumber(call('GET', KEYS[3]) or '0') >= tonumber(ARGV[3]) then return -2 end
call('HSET', KEYS[1], ARGV[1], ARGV[2])
call('INCR', KEYS[3])
call('PEXPIRE', KEYS[3], ARGV[4])
if KEYS[4] then
  call('HSET', KEYS[4], ARGV[1], ARGV[6])
  call('PEXPIRE', KEYS[4], ARGV[8])
  call('SET', KEYS[5], ARGV[7], 'PX', ARGV[8])
end
for i = 9, #ARGV do call('HINCRBY', KEYS[2], ARGV[i], 1) end
return 1
