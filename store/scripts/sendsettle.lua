-- Settles who is begun or in doubt, by a receipt or by staff.
-- KEYS  1 send, 2 sendlist, 3 sendfates
-- ARGV  1 fate, 2 1 = those begun too, then for each position and number (4
--       bytes)
-- Reply how many were settled
local call = redis.call
local from, n = {}, 0
for i = 3, #ARGV, 2 do
  local place = tonumber(ARGV[i], 10)
  local was = call('GETRANGE', KEYS[3], place, place)
  if (was == '7' or (was == '1' and ARGV[2] == '1'))
    and call('GETRANGE', KEYS[2], place * 4, place * 4 + 3) == ARGV[i + 1] then
    call('SETRANGE', KEYS[3], place, ARGV[1])
    from[was] = (from[was] or 0) + 1
    n = n + 1
  end
end
for was, many in pairs(from) do call('HINCRBY', KEYS[1], was, -many) end
if n > 0 then call('HINCRBY', KEYS[1], ARGV[1], n) end
return n
