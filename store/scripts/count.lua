-- Put in front of the scripts that count. ARGV[a] onwards: how many ledger
-- lines and the lines, how many fields of the day and the fields, the same of
-- the month. KEYS: ledger, day, and the month when it has fields. Returns
-- where the next argument stands.
local call = redis.call
local function count(ledger, day, month, a)
  local stop = a + ARGV[a]
  for i = a + 1, stop do call('XADD', ledger, '0-*', 'e', ARGV[i]) end
  a = stop + 1
  stop = a + ARGV[a]
  for i = a + 1, stop do call('HINCRBY', day, ARGV[i], 1) end
  a = stop + 1
  stop = a + ARGV[a]
  for i = a + 1, stop do call('HINCRBY', month, ARGV[i], 1) end
  return stop + 1
end
