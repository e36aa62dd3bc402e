-- Keeps a ticket in the place of what was read of it, with its step of the
-- trail, both or neither.
-- KEYS  1 tickets, 2 counts of the month, 3 way back, 4 contact, 5 trail
-- ARGV  1 code, 2 the row as it was read, 3 as it shall be ('' = delete),
--       4 1 = delete way back and contact, 5 number of the step before ('' =
--       no step is kept, '0' = none was), 6 the step as JSON; then the counters
--       that grow by one
-- Reply 1 done, 0 the trail went on meanwhile, -1 the row is another
local call = redis.call
if ARGV[5] ~= '' then
  local last = call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)
  local number = '0'
  if last[1] then number = string.match(last[1][1], '-(%d+)$') end
  if number ~= ARGV[5] then return 0 end
end
if call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return -1 end
if ARGV[3] == '' then
  call('HDEL', KEYS[1], ARGV[1])
else
  call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
if ARGV[4] == '1' then
  call('DEL', KEYS[3])
  call('DEL', KEYS[4])
end
for i = 7, #ARGV do call('HINCRBY', KEYS[2], ARGV[i], 1) end
if ARGV[5] ~= '' then
  call('XADD', KEYS[5], '0-' .. string.format('%d', ARGV[5] + 1), 'e', ARGV[6])
end
return 1
