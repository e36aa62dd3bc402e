-- Keeps a step of the trail and what it was about, both or neither.
-- KEYS  1 trail, 2 accounts, 3 approved, 4 version
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON,
--       3 account's name ('' = none), 4 account as JSON, 5 1 = it must be new,
--       6 how many approvals follow, then each entry and its approval ('' =
--       withdraw)
-- Reply 1 done, 0 the trail went on meanwhile, -1 the name is taken
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if number ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then
  if ARGV[5] == '1' and call('HEXISTS', KEYS[2], ARGV[3]) == 1 then return -1 end
  call('HSET', KEYS[2], ARGV[3], ARGV[4])
end
local n = tonumber(ARGV[6])
for i = 1, n do
  local entry, approval = ARGV[5 + 2 * i], ARGV[6 + 2 * i]
  if approval == '' then
    call('HDEL', KEYS[3], entry)
  else
    call('HSET', KEYS[3], entry, approval)
  end
end
if n > 0 then call('INCR', KEYS[4]) end
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
