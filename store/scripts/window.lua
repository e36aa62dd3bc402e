-- Gives the throw-away keys of windows, making those that are not there.
-- KEYS  1 windows
-- ARGV  for each window: name, value to keep if it is new
-- Reply the kept value of each
local kept = {}
for i = 1, #ARGV, 2 do
  redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
  kept[#kept + 1] = redis.call('HGET', KEYS[1], ARGV[i])
end
return kept
