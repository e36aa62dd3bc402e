-- Closes a window: its count goes into the ledger, set and key are deleted.
-- KEYS  1 windows, 2 set, 3 ledger, 4 month
-- ARGV  1 window, 2 the size the line was written for, 3 line ('' = nobody was
--       in it), 4 field of the month
-- Reply 1 closed, 0 was closed before, -1 the set has another size by now
local call = redis.call
if call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if call('SCARD', KEYS[2]) ~= tonumber(ARGV[2]) then return -1 end
if ARGV[3] ~= '' then
  call('XADD', KEYS[3], '0-*', 'e', ARGV[3])
  call('HINCRBY', KEYS[4], ARGV[4], ARGV[2])
end
call('HDEL', KEYS[1], ARGV[1])
call('DEL', KEYS[2])
return 1
