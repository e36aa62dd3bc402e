-- Skips everybody in some batches whose call was not begun. A batch in which
-- somebody is begun stays in the queue until that is known.
-- KEYS  1 send, 2 sendfates, 3 sendqueue, 4 sendholds
-- ARGV  1 size of a batch, then the batches
-- Reply how many were skipped
local call = redis.call
local size, all = tonumber(ARGV[1], 10), 0
for i = 2, #ARGV do
  local first = tonumber(ARGV[i], 10) * size
  local fates, n = string.gsub(call('GETRANGE', KEYS[2], first, first + size - 1), '0', '8')
  if n > 0 then call('SETRANGE', KEYS[2], first, fates) end
  all = all + n
  if not string.find(fates, '1', 1, true) then
    call('ZREM', KEYS[3], ARGV[i])
    call('HDEL', KEYS[4], ARGV[i])
  end
end
if all > 0 then
  call('HINCRBY', KEYS[1], '0', -all)
  call('HINCRBY', KEYS[1], '8', all)
end
return all
