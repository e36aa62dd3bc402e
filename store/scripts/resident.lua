-- Does what waited in the spool for a resident.
-- KEYS  1 residents, 2 next, 3 bits of the month, 4 bits of the year,
--       5 optout, 6 followers, 7 dialogue, 8 allowance
-- ARGV  1 pseudonym, 2 1 = set the bits of month and year, 3 optout (1, 0 or
--       '' = leave it), 4 followers (the same), 5 1 = forget the person
-- Reply the number
local call = redis.call
local number = call('HGET', KEYS[1], ARGV[1])
if not number then
  number = 'n' .. call('INCR', KEYS[2])
  call('HSET', KEYS[1], ARGV[1], number)
end
if string.sub(number, 1, 1) == 'n' then number = string.sub(number, 2) end
if ARGV[2] == '1' then
  call('SETBIT', KEYS[3], number, 1)
  call('SETBIT', KEYS[4], number, 1)
end
if ARGV[3] ~= '' then call('SETBIT', KEYS[5], number, ARGV[3]) end
if ARGV[4] ~= '' then call('SETBIT', KEYS[6], number, ARGV[4]) end
if ARGV[5] == '1' then
  call('HDEL', KEYS[1], ARGV[1])
  call('DEL', KEYS[7])
  call('DEL', KEYS[8])
  call('SETBIT', KEYS[5], number, 0)
  call('SETBIT', KEYS[6], number, 0)
end
return number
