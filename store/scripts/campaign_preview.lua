-- Counts one test send of a day, up to a limit.
-- KEYS  1 previews of the day
-- ARGV  1 limit, 2 lifetime in ms
-- Reply how many the day has had with this one; limit + 1 = not counted
local had = tonumber(redis.call('GET', KEYS[1]) or '0', 10)
if had < tonumber(ARGV[1], 10) then
  redis.call('INCR', KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return had + 1
