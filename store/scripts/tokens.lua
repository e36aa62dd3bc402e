-- Sets tokens for a model aside, or puts right what was set aside.
-- KEYS  1 model of the day
-- ARGV  1 tokens, below 0 to give back, 2 lifetime in ms; to set aside also
--       3 the day's limit, 4 who asks ('' = nobody in particular), 5 1 = a
--       question of theirs begins, 6 how many of them a day
-- Reply 1 done, 0 the day's tokens are used up, -1 theirs are
local call = redis.call
local key, tokens = KEYS[1], tonumber(ARGV[1])
if ARGV[3] then
  if tonumber(call('HGET', key, 't') or '0') + tokens > tonumber(ARGV[3]) then return 0 end
  if ARGV[4] ~= '' and ARGV[5] == '1' then
    if tonumber(call('HGET', key, ARGV[4]) or '0') >= tonumber(ARGV[6]) then return -1 end
    call('HINCRBY', key, ARGV[4], 1)
  end
end
call('HINCRBY', key, 't', ARGV[1])
call('PEXPIRE', key, ARGV[2])
return 1
