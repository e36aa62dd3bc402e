-- Keeps the reply of a claimed message and counts it, once.
-- KEYS  1 message; when there is something to count 2 counted, 3 ledger,
--       4 day, 5 month; then of a person dialogue and residents, of one
--       who is forgotten the row's hash among the followers, of one who is
--       forgotten or allowed messages the allowance, the bitmaps and the
--       windows' sets; of an unanswered question whose words may be
--       kept its set, how many sets there are, the texts
-- ARGV  1 token, 2 reply, 3 its lifetime in ms, 4 hash ('' = count nothing),
--       5 lifetime of counted in ms ('' = it has one);
--       6 pseudonym ('' = touch no person), 7 number, 8 dialogue ('' = leave
--       it, '-' = clear it), 9 its lifetime in ms, 10 1 = the number was
--       new, 11 1 = forget the person, 0 = only the row;
--       12 what the deed of the person is that allows customer messages (''
--       = none), 13 until when in ms, 14 how many, 15 for how long in ms;
--       16 how many bitmaps and their values, how many windows and for each
--       its member and the set's lifetime in ms ('' = it has one);
--       then what count wants; of words that may be kept: how many sets at
--       most, how many residents at least, lifetime in ms, member, text,
--       what is kept beside it
-- Reply 1 done, 2 done and was counted before, 0 another holds the message
local sub = string.sub
local held = call('GET', KEYS[1])
if held and sub(held, 2, 12) ~= ARGV[1] then return 0 end
call('SET', KEYS[1], 'r' .. ARGV[1] .. ARGV[2], 'PX', ARGV[3])

local k = 2
if ARGV[4] ~= '' then k = 6 end
if ARGV[6] ~= '' then
  if ARGV[8] ~= '' then
    local head = call('GETRANGE', KEYS[k], 0, 10)
    if head == '' then head = '00000000000' end
    local said = ARGV[8]
    if said == '-' then said = '' end
    call('SET', KEYS[k], head .. said, 'PX', ARGV[9])
  end
  if ARGV[10] == '1' and call('HGET', KEYS[k + 1], ARGV[6]) == 'n' .. ARGV[7] then
    call('HSET', KEYS[k + 1], ARGV[6], ARGV[7])
  end
  if ARGV[11] == '1' then
    call('HDEL', KEYS[k + 1], ARGV[6])
    call('DEL', KEYS[k])
  end
  k = k + 2
  if ARGV[11] ~= '' then
    call('HDEL', KEYS[k], ARGV[7])
    k = k + 1
  end
  if ARGV[12] ~= '' then
    call('HSET', KEYS[k], ARGV[12] .. 'u', ARGV[13], ARGV[12] .. 'n', ARGV[14])
    if call('PTTL', KEYS[k]) < tonumber(ARGV[15]) then call('PEXPIRE', KEYS[k], ARGV[15]) end
    k = k + 1
  elseif ARGV[11] == '1' then
    call('DEL', KEYS[k])
    k = k + 1
  end
end

local a = 16
for i = 1, tonumber(ARGV[a]) do
  call('SETBIT', KEYS[k], ARGV[7], ARGV[a + i])
  k = k + 1
end
a = a + ARGV[a] + 1
for i = 1, tonumber(ARGV[a]) do
  call('SADD', KEYS[k], ARGV[a + 2 * i - 1])
  if ARGV[a + 2 * i] ~= '' then call('PEXPIRE', KEYS[k], ARGV[a + 2 * i]) end
  k = k + 1
end
a = a + 2 * ARGV[a] + 1

if ARGV[4] == '' then return 1 end
local first = call('SADD', KEYS[2], ARGV[4])
if ARGV[5] ~= '' then call('PEXPIRE', KEYS[2], ARGV[5]) end
if first == 0 then return 2 end
a = count(KEYS[3], KEYS[4], KEYS[5], a)

if KEYS[k] and call('SADD', KEYS[k], ARGV[a + 3]) == 1 then
  local n = call('SCARD', KEYS[k])
  if n == 1 and call('INCR', KEYS[k + 1]) > tonumber(ARGV[a]) then
    call('DEL', KEYS[k])
  elseif n == 1 then
    call('PEXPIRE', KEYS[k], ARGV[a + 2])
    call('PEXPIRE', KEYS[k + 1], ARGV[a + 2])
  elseif n >= tonumber(ARGV[a + 1]) then
    call('HSET', KEYS[k + 2], ARGV[a + 4], string.format('%d', n) .. ARGV[a + 5])
    call('PEXPIRE', KEYS[k + 2], ARGV[a + 2])
  end
end
return 1
