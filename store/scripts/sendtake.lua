-- Hands out a batch whose time has come. Whoever in it was begun by a worker
-- that is gone becomes doubtful; a batch in which nobody is left is dropped.
-- KEYS  1 send, 2 sendlist, 3 sendfates, 4 sendqueue, 5 sendholds
-- ARGV  1 token, 2 now in ms, 3 lease in ms, 4 size of a batch
-- Reply {2, batch, recipients (4 bytes each), fates}; {1, ms until the next
--       one} none now; {0, ms of the last takeover} none is left; {-1} the
--       list is not made yet
local call = redis.call
if call('HGET', KEYS[1], 'from') ~= '-1' then return {-1} end
local now, lease, size = tonumber(ARGV[2], 10), tonumber(ARGV[3], 10), tonumber(ARGV[4], 10)
for _ = 1, 100 do
  -- First those whose holder is gone, so that what is in doubt is known soon.
  local batch = call('ZRANGEBYSCORE', KEYS[4], '(0', ARGV[2], 'LIMIT', 0, 1)[1]
    or call('ZRANGEBYSCORE', KEYS[4], '0', '0', 'LIMIT', 0, 1)[1]
  if not batch then break end
  local first = tonumber(batch, 10) * size
  local fates = call('GETRANGE', KEYS[3], first, first + size - 1)
  local doubts
  fates, doubts = string.gsub(fates, '1', '7')
  if doubts > 0 then
    call('SETRANGE', KEYS[3], first, fates)
    call('HINCRBY', KEYS[1], '1', -doubts)
    call('HINCRBY', KEYS[1], '7', doubts)
    call('HSET', KEYS[1], 'doubt', ARGV[2])
  end
  if string.find(fates, '0', 1, true) then
    call('HSET', KEYS[5], batch, ARGV[1] .. ':0')
    call('ZADD', KEYS[4], string.format('%.0f', now + lease), batch)
    local list = call('GETRANGE', KEYS[2], first * 4, (first + size) * 4 - 1)
    return {2, tonumber(batch, 10), list, fates}
  end
  call('ZREM', KEYS[4], batch)
  call('HDEL', KEYS[5], batch)
end
local next = call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
if not next[1] then return {0, tonumber(call('HGET', KEYS[1], 'doubt') or '0', 10)} end
local wait = tonumber(next[2]) - now
-- No clock of this moment can have set that: one ran ahead, or was put back.
if wait > 2 * lease then
  call('ZADD', KEYS[4], string.format('%.0f', now + lease), next[1])
  wait = lease
end
if wait < 0 then wait = 0 end
return {1, wait}
