-- Gives a number to each follower who has none.
-- KEYS  1 residents, 2 next
-- ARGV  pseudonyms
-- Reply their numbers
local call = redis.call
local numbers = call('HMGET', KEYS[1], unpack(ARGV))
for i, number in ipairs(numbers) do
  if not number then
    number = 'n' .. string.format('%d', call('INCR', KEYS[2]))
    call('HSET', KEYS[1], ARGV[i], number)
  end
  if string.sub(number, 1, 1) == 'n' then number = string.sub(number, 2) end
  numbers[i] = number
end
return numbers
