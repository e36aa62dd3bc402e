-- Keeps or withdraws the approval of an entry.
-- KEYS  1 approved, 2 version
-- ARGV  1 entry, 2 approval as JSON ('' = withdraw)
-- Reply the new version
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return redis.call('INCR', KEYS[2])
