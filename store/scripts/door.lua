-- Counts a try to sign in before it is made, or says how long to wait.
-- KEYS  1 tries of the name from this place, 2 tries of the name from
--       anywhere, 3 tries from this place with any name
-- ARGV  1 now in ms, 2 1 = a browser that the name signed in with before
-- Reply ms to wait; 0 = counted, go on
--
-- From one place a name has 5 tries, then waits 2, 4, 8 … 900 seconds. A name
-- that is tried from everywhere makes a place where it never signed in wait 1,
-- 2, 4 … 30 seconds before each try: every place waits for itself, so that
-- nobody can keep others waiting longer. One place has 30 tries a minute.
local call = redis.call
local now, known = tonumber(ARGV[1], 10), ARGV[2] == '1'
local function whole(n) return string.format('%d', n) end
local function delay(n, free, first, most)
  if n < free then return 0 end
  return math.min(most, first * 2 ^ math.min(n - free, 20))
end

local here = call('HMGET', KEYS[1], 'n', 'at', 'turn')
local n, at = tonumber(here[1] or '0', 10), tonumber(here[2] or '0', 10)
if now < at then return at - now end

local crowd = tonumber(call('GET', KEYS[3]) or '0', 10)
if crowd >= 30 then
  local left = call('PTTL', KEYS[3])
  if left > 0 then return left end
end

if not known then
  local wait = delay(tonumber(call('GET', KEYS[2]) or '0', 10), 10, 1000, 30000)
  if wait > 0 then
    if not here[3] then
      call('HSET', KEYS[1], 'turn', whole(now + wait))
      call('PEXPIRE', KEYS[1], 3600000)
      return wait
    end
    local turn = tonumber(here[3], 10)
    if now < turn then return turn - now end
  end
  call('INCR', KEYS[2])
  call('PEXPIRE', KEYS[2], 900000)
end

n = n + 1
call('HSET', KEYS[1], 'n', whole(n), 'at', whole(now + delay(n, 5, 2000, 900000)))
call('HDEL', KEYS[1], 'turn')
call('PEXPIRE', KEYS[1], 3600000)
if call('INCR', KEYS[3]) == 1 then call('PEXPIRE', KEYS[3], 60000) end
return 0
