-- Keeps a line of the register of activities and its step of the trail, both
-- or neither.
-- KEYS  1 trail, 2 activities
-- ARGV  1 number of the step before ('0' = none), 2 the step as JSON,
--       3 number of the line before ('0' = none), 4 the line as JSON
-- Reply 1 done, 0 the trail or the register went on meanwhile
local call = redis.call
local function last(key)
  local found = call('XREVRANGE', key, '+', '-', 'COUNT', 1)
  if found[1] then return string.match(found[1][1], '-(%d+)$') end
  return '0'
end
local function append(key, before, line)
  call('XADD', key, '0-' .. string.format('%d', before + 1), 'e', line)
end
if last(KEYS[1]) ~= ARGV[1] or last(KEYS[2]) ~= ARGV[3] then return 0 end
append(KEYS[2], ARGV[3], ARGV[4])
append(KEYS[1], ARGV[1], ARGV[2])
return 1
