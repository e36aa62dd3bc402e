-- Marks people as followers no more and deletes their rows.
-- KEYS  1 followers, then the rows' hashes
-- ARGV  for each number, which of the hashes (from 1)
-- Reply how many rows were deleted
local call = redis.call
local gone = 0
for i = 1, #ARGV, 2 do
  call('SETBIT', KEYS[1], ARGV[i], 0)
  gone = gone + call('HDEL', KEYS[1 + tonumber(ARGV[i + 1], 10)], ARGV[i])
end
return gone
