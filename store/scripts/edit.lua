-- Keeps versions of entries and the step of the trail, all or nothing.
-- KEYS  1 trail, 2 version, 3 edits, 4 released, 5… edit of each entry
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON,
--       3 the library's number that is expected ('' = any), 4 1 = raise it,
--       then for each entry: its name, its head as it was ('' = none), its
--       head as it is then, what residents read ('' = as before, '-' = the
--       shipped text, else the version as JSON), how many versions follow,
--       and of each its number and its JSON ('' = let go)
-- Reply 1 done, 0 the trail went on meanwhile, -1 an entry is not as it was,
--       -2 the library is another
local call = redis.call
local last = call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local number = '0'
if last[1] then number = string.match(last[1][1], '-(%d+)$') end
if number ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' and (call('GET', KEYS[2]) or '0') ~= ARGV[3] then return -2 end

-- First see that every entry is as it was, then write.
local at = 5
for i = 5, #KEYS do
  if (call('HGET', KEYS[3], ARGV[at]) or '') ~= ARGV[at + 1] then return -1 end
  at = at + 5 + 2 * tonumber(ARGV[at + 4], 10)
end
at = 5
for i = 5, #KEYS do
  local entry, now, laid, n = ARGV[at], ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4], 10)
  call('HSET', KEYS[3], entry, now)
  if laid == '-' then
    call('HDEL', KEYS[4], entry)
  elseif laid ~= '' then
    call('HSET', KEYS[4], entry, laid)
  end
  for j = 1, n do
    local version, text = ARGV[at + 3 + 2 * j], ARGV[at + 4 + 2 * j]
    if text == '' then
      call('HDEL', KEYS[i], version)
    else
      call('HSET', KEYS[i], version, text)
    end
  end
  at = at + 5 + 2 * n
end
if ARGV[4] == '1' then call('INCR', KEYS[2]) end
call('XADD', KEYS[1], '0-' .. string.format('%d', number + 1), 'e', ARGV[2])
return 1
