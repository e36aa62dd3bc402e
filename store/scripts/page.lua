-- Counts the opening of a page once a visitor and day.
-- KEYS  1 windows, 2 set, 3 ledger, 4 day, 5 month
-- ARGV  1 window, 2 member, 3 lifetime of the set in ms ('' = it has one);
--       then what count wants
-- Reply 1 counted, 0 was counted before, -1 the day is closed
if call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return -1 end
local first = call('SADD', KEYS[2], ARGV[2])
if ARGV[3] ~= '' then call('PEXPIRE', KEYS[2], ARGV[3]) end
if first == 1 then count(KEYS[3], KEYS[4], KEYS[5], 4) end
return first
