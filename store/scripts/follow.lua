-- Puts the dialogue of a later answer in the place of the one that a message
-- left, once, unless anything came of the resident meanwhile.
-- KEYS  1 dialogue
-- ARGV  1 what the message left there, 2 what it becomes, 3 lifetime in ms
-- Reply 1 done, 0 it is not as the message left it
local call = redis.call
if call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
