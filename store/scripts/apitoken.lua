-- Keeps or withdraws an interface token with its step of the trail, both or
-- neither.
-- KEYS  1 trail, 2 tokens
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON,
--       3 the token's id, 4 the token as JSON ('' = withdraw it),
--       5 how many there may be
-- Reply 1 done, 0 the trail went on meanwhile, -1 there are as many as there
--       may be, -2 there is none of this id, -3 there is one already
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if number ~= ARGV[1] then return 0 end
local there = call('HEXISTS', KEYS[2], ARGV[3])
if ARGV[4] == '' then
  if there == 0 then return -2 end
  call('HDEL', KEYS[2], ARGV[3])
else
  if there == 1 then return -3 end
  if call('HLEN', KEYS[2]) >= tonumber(ARGV[5], 10) then return -1 end
  call('HSET', KEYS[2], ARGV[3], ARGV[4])
end
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
