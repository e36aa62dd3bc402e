-- Counts a message that waited in the spool, once.
-- KEYS  1 counted, 2 ledger, 3 day, 4 month
-- ARGV  1 hash, 2 lifetime of counted in ms; then what count wants
-- Reply 1 counted, 0 was counted before
local first = call('SADD', KEYS[1], ARGV[1])
call('PEXPIRE', KEYS[1], ARGV[2])
if first == 1 then count(KEYS[2], KEYS[3], KEYS[4], 3) end
return first
