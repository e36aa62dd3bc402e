-- Adds recipients to a campaign's list, in the order of their numbers.
-- KEYS  1 send, 2 sendlist, 3 sendfates, 4 sendqueue
-- ARGV  1 the number up to which the list was made, 2 up to which it is made
--       with this page, 3 the page's recipients (4 bytes each), 4 size of a
--       batch, 5 1 = it is the last page
-- Reply the number up to which the list is made now, or -1 when it is whole
local call = redis.call
local from = call('HGET', KEYS[1], 'from') or '0'
if from == '-1' or from ~= ARGV[1] then return tonumber(from, 10) end
local size = tonumber(ARGV[4], 10)
local more = #ARGV[3] / 4
local before = call('STRLEN', KEYS[3])
if more > 0 then
  call('APPEND', KEYS[2], ARGV[3])
  call('APPEND', KEYS[3], string.rep('0', more))
  call('HINCRBY', KEYS[1], '0', more)
end
local first, last = math.floor(before / size), math.floor((before + more) / size) - 1
if ARGV[5] == '1' and (before + more) % size > 0 then last = last + 1 end
for b = first, last do
  call('ZADD', KEYS[4], '0', string.format('%d', b))
end
local now = ARGV[2]
if ARGV[5] == '1' then now = '-1' end
call('HSET', KEYS[1], 'from', now)
return tonumber(now, 10)
