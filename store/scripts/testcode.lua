-- Keeps the code of a test account to be, in place of the one before.
-- KEYS  1 codes
-- ARGV  1 name, 2 hash of the code, 3 until when it works in ms, 4 now in ms,
--       5 for how long in ms, 6 how many there may be
-- Reply 1 done, 0 there are as many as there may be
local call = redis.call
local kept = call('HGETALL', KEYS[1])
local n = #kept / 2
for i = 1, #kept, 2 do
  local ends, of = string.match(kept[i + 1], '^(%d+) (.*)$')
  if of == ARGV[1] or tonumber(ends, 10) <= tonumber(ARGV[4], 10) then
    call('HDEL', KEYS[1], kept[i])
    n = n - 1
  end
end
if n >= tonumber(ARGV[6], 10) then return 0 end
call('HSET', KEYS[1], ARGV[2], ARGV[3] .. ' ' .. ARGV[1])
call('PEXPIRE', KEYS[1], ARGV[5])
return 1
