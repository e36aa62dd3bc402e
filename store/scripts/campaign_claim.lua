-- Takes the campaign that has been due for longest. While it is held it is due
-- again when the lease ends, so that whoever comes then takes it over.
-- KEYS  1 campaigns, 2 campaign:due, 3 campaign:held
-- ARGV  1 now in ms, 2 token, 3 end of the lease in ms
-- Reply the row, or '' when nothing is due
local call = redis.call
while true do
  local due = call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 1)
  if not due[1] then return '' end
  local row = call('HGET', KEYS[1], due[1])
  if row then
    call('ZADD', KEYS[2], ARGV[3], due[1])
    call('HSET', KEYS[3], due[1], ARGV[2])
    return row
  end
  call('ZREM', KEYS[2], due[1])
end
