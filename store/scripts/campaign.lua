-- Keeps a campaign with its step of the trail, both or neither.
-- KEYS  1 trail, 2 campaigns, 3 campaign:due, 4 campaign:held,
--       5 campaign:begun
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON ('' =
--       none, only where the state stays), 3 id, 4 version that was read ('0' =
--       a new campaign), 5 row: version, state, JSON, 6 token of the holder
--       ('' = staff), 7 when it is to be looked at, in ms ('' = never), 8 1 =
--       somebody may hold it and keeps it until its lease ends, 9 how many
--       campaigns have begun before this one begins ('' = it does not begin)
-- Reply 1 done, 0 the trail went on meanwhile, -1 another was written
--       meanwhile, -2 the token does not hold it, -3 a step is missing, -4
--       another campaign began meanwhile
local call = redis.call
local old = call('HGET', KEYS[2], ARGV[3])
local version, state = '0', ''
if old then version, state = string.match(old, '^(%d+) (%a+) ') end
if ARGV[6] ~= '' then
  local holder = call('HGET', KEYS[4], ARGV[3])
  if not holder or holder ~= ARGV[6] then return -2 end
end
if version ~= ARGV[4] then return -1 end
if ARGV[9] ~= '' and (call('GET', KEYS[5]) or '0') ~= ARGV[9] then return -4 end
if ARGV[2] == '' then
  if string.match(ARGV[5], '^%d+ (%a+) ') ~= state then return -3 end
else
  local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
  local number = '0'
  if last[1] then number = string.match(last[1][1], '-(%d+)$') end
  if number ~= ARGV[1] then return 0 end
end
call('HSET', KEYS[2], ARGV[3], ARGV[5])
if ARGV[9] ~= '' then call('INCR', KEYS[5]) end
if ARGV[7] == '' then
  call('ZREM', KEYS[3], ARGV[3])
elseif ARGV[8] ~= '1' or not call('ZSCORE', KEYS[3], ARGV[3]) then
  call('ZADD', KEYS[3], ARGV[7], ARGV[3])
end
if ARGV[8] ~= '1' then call('HDEL', KEYS[4], ARGV[3]) end
if ARGV[2] ~= '' then
  call('XADD', KEYS[1], '0-' .. string.format('%d', tonumber(ARGV[1], 10) + 1), 'e', ARGV[2])
end
return 1
