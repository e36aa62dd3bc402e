-- Keeps what became of recipients and begins others: a recipient is begun
-- once, by whoever holds the batch, and only '0' becomes '1'.
-- KEYS  1 send, 2 sendfates, 3 sendqueue, 4 sendholds, 5 sendrate, 6 sendstop,
--       7 optout, 8 followers, 9 limits, 10 pushes of the month, then the
--       consents that are needed
-- ARGV  1 batch, 2 token, 3 number of the step, 4 first position of the batch,
--       5 now in ms, 6 lease in ms, 7 day, 8 ms until the day ends, 9 calls a
--       second, 10 calls a day (0 = no limit), 11 lifetime of pushes in ms,
--       12 size of a batch, 13 how many outcomes and for each place in the
--       batch, number and fate, how many to begin and for each place, number
-- Reply {state, wait in ms, places begun, places skipped}; state 1 held,
--       2 nobody is left, 0 another holds it, 3 a later step was kept,
--       4 everything is stopped
local call, sub, byte, char = redis.call, string.sub, string.byte, string.char
local first = tonumber(ARGV[4], 10)
local now = tonumber(ARGV[5], 10)
local a = 12
local function int() -- the next argument
  a = a + 1
  return tonumber(ARGV[a - 1], 10)
end
local function seconds(ms) return string.format('%.0f', ms) end

local held = call('HGET', KEYS[4], ARGV[1]) or ''
local own = #ARGV[2] > 0 and sub(held, 1, #ARGV[2] + 1) == ARGV[2] .. ':'
local fresh = own and tonumber(ARGV[3], 10) >= tonumber(sub(held, #ARGV[2] + 2), 10)

local size = int()
local outcomes = int()
local fates = {byte(call('GETRANGE', KEYS[2], first, first + size - 1), 1, -1)}
local change, changed = {}, false
local function set(place, fate)
  local was = char(fates[place + 1])
  change[was] = (change[was] or 0) - 1
  change[fate] = (change[fate] or 0) + 1
  fates[place + 1] = byte(fate)
  changed = true
end

-- How many pushes of the month were begun for a number.
local function pushes(number) return byte(call('GETRANGE', KEYS[10], number, number)) or 0 end

local undone = 0
for _ = 1, outcomes do
  local place, number, fate = int(), int(), ARGV[a]
  a = a + 1
  local was = char(fates[place + 1])
  -- Who was not reached is called again only while nobody else can have begun it since.
  local news = fate ~= '0' and (was == '0' or was == '1' or was == '7') or fate == '0' and fresh and was == '1'
  if news then
    set(place, fate)
    if was == '1' and fate ~= '2' and fate ~= '7' then -- it reached nobody
      call('SETRANGE', KEYS[10], number, char(math.max(pushes(number) - 1, 0)))
    end
    if fate == '0' then undone = undone + 1 end
  end
end

-- Why a recipient may not be called now, or nil.
local function hindrance(number)
  if call('GETBIT', KEYS[7], number) == 1 then return '8' end
  if call('GETBIT', KEYS[8], number) == 0 then return '3' end
  for k = 11, #KEYS do
    if call('GETBIT', KEYS[k], number) == 0 then return '4' end
  end
  local limit = byte(call('GETRANGE', KEYS[9], number, number)) or 0
  if limit > 0 and pushes(number) >= limit then return '8' end
end

local begun, skipped, wait, state = {}, {}, 0, 0
if own then state = fresh and 1 or 3 end
local want = int()
if want > 0 and fresh and call('EXISTS', KEYS[6]) == 1 then state, want = 4, 0 end
if undone > 0 then call('HINCRBY', KEYS[5], 'used', -undone) end
if want > 0 and fresh then
  local r = call('HMGET', KEYS[5], 'level', 'at', 'day', 'used', 'until')
  local rate, most = tonumber(ARGV[9], 10), tonumber(ARGV[10], 10)
  local level, at = tonumber(r[1] or rate), tonumber(r[2] or now)
  if now > at then level = math.min(rate, level + (now - at) * rate / 1000) end
  local used = tonumber(r[4] or '0', 10)
  local day = ARGV[7]
  -- A clock that is put back does not begin yesterday's quota anew.
  if r[3] and r[3] >= day then day = r[3] else used = 0 end
  if used < 0 then used = 0 end -- what was not taken was begun the day before
  local rest = tonumber(r[5] or '0', 10) - now
  if rest > 86400000 then rest = 0 end
  local taken = 0
  for _ = 1, want do
    local place, number = int(), ARGV[a]
    a = a + 1
    local was = char(fates[place + 1])
    if was == '1' then
      begun[#begun + 1] = place -- by this step, whose reply was lost
    elseif was == '0' then
      local why = hindrance(number)
      if why then
        set(place, why)
        skipped[#skipped + 1] = place
      elseif rest > 0 then
        wait = rest
      elseif most > 0 and used + taken >= most then
        wait = tonumber(ARGV[8], 10)
      elseif level - taken < 1 then
        wait = math.max(wait, math.ceil((1 - level + taken) * 1000 / rate), 1)
      else
        taken = taken + 1
        set(place, '1')
        call('SETRANGE', KEYS[10], number, char(math.min(pushes(number) + 1, 255)))
        begun[#begun + 1] = place
      end
    else
      skipped[#skipped + 1] = place
    end
  end
  if taken > 0 then
    call('HSET', KEYS[5], 'level', string.format('%.3f', level - taken), 'at', seconds(now), 'day', day,
      'used', string.format('%d', used + taken))
    call('PEXPIRE', KEYS[10], ARGV[11])
  end
end

local left = false
for _, fate in ipairs(fates) do
  if fate == 48 or fate == 49 then left = true end
end
if changed then
  call('SETRANGE', KEYS[2], first, char(unpack(fates)))
  for fate, n in pairs(change) do
    if n ~= 0 then call('HINCRBY', KEYS[1], fate, string.format('%d', n)) end
  end
end
if not left then
  call('ZREM', KEYS[3], ARGV[1])
  call('HDEL', KEYS[4], ARGV[1])
  if state == 1 then state = 2 end
elseif own then
  call('ZADD', KEYS[3], seconds(now + tonumber(ARGV[6], 10)), ARGV[1])
  if fresh then call('HSET', KEYS[4], ARGV[1], ARGV[2] .. ':' .. ARGV[3]) end
end
return {state, wait, begun, skipped}
