-- Keeps which customer messages a resident's deeds allow. Deeds are w (wrote)
-- and a (acted); field wu is the end of what w allows, wn what is left of it.
-- KEYS  1 allowance
-- ARGV  1 what: grant, take, back or shut, 2 now in ms; then
--       grant: 3 deed, 4 end in ms, 5 messages; back: 3 deed, 4 end in ms,
--       5 the most there can be; shut: 3 1 = the window itself is gone
-- Reply take: {1, deed, end} one was taken, {0} none is left of what is open,
--       {-1} nothing is open; else 1 done, 0 nothing to do
local call = redis.call
local key, what, now = KEYS[1], ARGV[1], tonumber(ARGV[2])
if what == 'grant' then
  call('HSET', key, ARGV[3] .. 'u', ARGV[4], ARGV[3] .. 'n', ARGV[5])
  local left = ARGV[4] - now
  if call('PTTL', key) < left then call('PEXPIRE', key, string.format('%d', left)) end
  return 1
end

local best, open, ends = nil, 0, 0
for _, deed in ipairs({'a', 'w'}) do
  local till = tonumber(call('HGET', key, deed .. 'u') or '0')
  if till > now then
    open = open + 1
    local n = tonumber(call('HGET', key, deed .. 'n'))
    if n > 0 and (not best or till < ends) then best, ends = deed, till end
  end
end
if what == 'take' then
  if open == 0 then return {-1} end
  if not best then return {0} end
  call('HINCRBY', key, best .. 'n', -1)
  return {1, best, call('HGET', key, best .. 'u')}
end
if what == 'back' then
  if call('HGET', key, ARGV[3] .. 'u') ~= ARGV[4] then return 0 end
  if tonumber(call('HGET', key, ARGV[3] .. 'n')) >= tonumber(ARGV[5]) then return 0 end
  call('HINCRBY', key, ARGV[3] .. 'n', 1)
  return 1
end
if ARGV[3] == '1' then return call('DEL', key) end
if open == 0 then return 0 end
for _, deed in ipairs({'a', 'w'}) do
  if call('HEXISTS', key, deed .. 'n') == 1 then call('HSET', key, deed .. 'n', 0) end
end
return 1
