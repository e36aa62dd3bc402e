-- Claims a message, or says what was replied, or that another works on it.
-- KEYS  1 message; of a person also 2 residents, 3 next, 4 dialogue; where a
--       campaign's card may be shown also 5 set of those who had one today
-- ARGV  1 token, 2 lease in ms; of a person also 3 pseudonym ('' for a test
--       resident), 4 minute (8 digits), 5 lifetime of the dialogue in ms,
--       6 member of the set
-- Reply {0, number, new, recent, dialogue, 1 = had a card} it is ours; {1, reply} answered;
--       {2} another holds it
local call, sub = redis.call, string.sub
local own = 'p' .. ARGV[1]
local held = call('SET', KEYS[1], own, 'NX', 'GET', 'PX', ARGV[2])
if held and held ~= own then
  if sub(held, 1, 1) == 'r' then return {1, sub(held, 13)} end
  return {2}
end
if not KEYS[2] then return {0, 0, 0, 0, '', 1} end

local number, new = '0', 0
if ARGV[3] ~= '' then
  number = call('HGET', KEYS[2], ARGV[3])
  if not number then
    number = 'n' .. call('INCR', KEYS[3])
    call('HSET', KEYS[2], ARGV[3], number)
  end
  if sub(number, 1, 1) == 'n' then
    new, number = 1, sub(number, 2)
  end
end

local recent, said = 1, ''
local kept = call('GET', KEYS[4])
if kept then
  -- In base 10: the trial store's Lua takes 010 for eight.
  if sub(kept, 1, 8) == ARGV[4] then recent = math.min(tonumber(sub(kept, 9, 11), 10) + 1, 999) end
  said = sub(kept, 12)
end
local head = ARGV[4] .. string.format('%03d', recent)
if kept then
  call('SETRANGE', KEYS[4], 0, head) -- the dialogue behind it stays, and so does its end
else
  call('SET', KEYS[4], head, 'PX', ARGV[5])
end
local carded = 1
if KEYS[5] then carded = call('SISMEMBER', KEYS[5], ARGV[6]) end
return {0, number, new, recent, said, carded}
