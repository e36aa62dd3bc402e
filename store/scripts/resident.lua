-- Sets the bits of a resident who waited in the spool.
-- KEYS  1 residents, 2 next, 3 bits of the month, 4 bits of the year,
--       5 optout, 6 followers
-- ARGV  1 pseudonym, 2 optout (1, 0 or '' = leave it), 3 followers (the
--       same), 4 1 = forget the person
-- Reply the number
local call = redis.call
local number = call('HGET', KEYS[1], ARGV[1])
if not number then
  number = 'n' .. call('INCR', KEYS[2])
  call('HSET', KEYS[1], ARGV[1], number)
end
number = string.gsub(number, 'n', '')
call('SETBIT', KEYS[3], number, 1)
call('SETBIT', KEYS[4], number, 1)
if ARGV[2] ~= '' then call('SETBIT', KEYS[5], number, ARGV[2]) end
if ARGV[3] ~= '' then call('SETBIT', KEYS[6], number, ARGV[3]) end
if ARGV[4] == '1' then
  call('HDEL', KEYS[1], ARGV[1])
  call('SETBIT', KEYS[5], number, 0)
  call('SETBIT', KEYS[6], number, 0)
end
return number
