-- Shares the platform's access token.
-- KEYS  1 token, 2 the right to fetch it
-- ARGV  1 what: take, keep, release or drop; then
--       take: 2 holder, 3 lease in ms; keep: 2 holder, 3 fingerprint of the
--       token, 4 the token sealed, 5 its life in ms; release: 2 holder;
--       drop: 2 fingerprint
-- Reply take: {1, sealed, ms left} there is one, {2} fetch it, {0} another
--       fetches it; else 1 done, 0 it was not ours, or not that token
local call = redis.call
local what = ARGV[1]
if what == 'take' then
  local sealed = call('HGET', KEYS[1], 's')
  local left = call('PTTL', KEYS[1])
  if sealed and left > 0 then return {1, sealed, left} end
  if call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return {2} end
  if call('GET', KEYS[2]) == ARGV[2] then return {2} end
  return {0}
end
if what == 'drop' then
  if call('HGET', KEYS[1], 'f') ~= ARGV[2] then return 0 end
  return call('DEL', KEYS[1])
end
if what == 'keep' then
  call('DEL', KEYS[1])
  call('HSET', KEYS[1], 'f', ARGV[3], 's', ARGV[4])
  call('PEXPIRE', KEYS[1], ARGV[5])
end
if call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
return call('DEL', KEYS[2])
