-- Counts a call of an interface token, or says how long to wait.
-- KEYS  1 when the token will have made up for its calls, in ms
-- ARGV  1 now in ms, 2 ms that a call costs, 3 ms of calls in advance
-- Reply ms to wait; 0 = counted, go on
--
-- GCRA: a call is free while what the calls before cost is at most ARGV[3]
-- ahead of now. A clock that jumps back costs at most ARGV[3] + ARGV[2].
local call = redis.call
local now, cost, ahead = tonumber(ARGV[1], 10), tonumber(ARGV[2], 10), tonumber(ARGV[3], 10)
local at = tonumber(call('GET', KEYS[1]) or '0', 10)
if at < now then at = now end
if at > now + ahead + cost then at = now + ahead + cost end
if at > now + ahead then return at - now - ahead end
call('SET', KEYS[1], string.format('%d', at + cost), 'PX', at + cost - now)
return 0
