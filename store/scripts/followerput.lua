-- Keeps followers, each only while the number is still that person's.
-- KEYS  1 residents, 2 followers, then the rows' hashes
-- ARGV  for each pseudonym, number, openid, which of the hashes (from 1)
-- Reply how many were kept
local call = redis.call
local kept = 0
for i = 1, #ARGV, 4 do
  local number = call('HGET', KEYS[1], ARGV[i])
  if number == ARGV[i + 1] or number == 'n' .. ARGV[i + 1] then
    call('HSET', KEYS[2 + tonumber(ARGV[i + 3], 10)], ARGV[i + 1], ARGV[i + 2])
    call('SETBIT', KEYS[2], ARGV[i + 1], 1)
    kept = kept + 1
  end
end
return kept
