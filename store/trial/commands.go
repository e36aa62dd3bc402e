package trial

// role says what a command does to the keys among its arguments.
type role int

const (
	session  role = iota // about the connection: no keys
	survey               // looks at all keys
	reads                // every argument that is a key is read
	writes               // the first argument is the key written
	deletes              // every argument is a key written
	runs                 // a script: what it calls is seen one by one
	switches             // chooses a database: there is only 0
)

// commands are those the trial store knows. A write is in the list when its
// effect follows from the data alone and the snapshot can hold its result:
// nothing that blocks, draws lots, or keeps consumer groups. MULTI is left
// out because what it runs passes by the journal: use a script.
var commands = map[string]role{
	"PING": session, "ECHO": session, "HELLO": session, "CLIENT": session, "QUIT": session,
	"COMMAND": session, "INFO": session, "TIME": session, "SCRIPT": session,
	"SELECT": switches,

	"KEYS": survey, "SCAN": survey, "DBSIZE": survey,

	"EVAL": runs, "EVALSHA": runs, "EVAL_RO": runs, "EVALSHA_RO": runs,

	"GET": reads, "MGET": reads, "STRLEN": reads, "GETRANGE": reads, "GETBIT": reads,
	"BITCOUNT": reads, "BITPOS": reads,
	"EXISTS": reads, "TYPE": reads, "TTL": reads, "PTTL": reads,
	"HGET": reads, "HMGET": reads, "HGETALL": reads, "HKEYS": reads, "HVALS": reads,
	"HLEN": reads, "HEXISTS": reads, "HSCAN": reads, "HSTRLEN": reads,
	"SISMEMBER": reads, "SMISMEMBER": reads, "SMEMBERS": reads, "SCARD": reads, "SSCAN": reads,
	"SUNION": reads, "SINTER": reads, "SDIFF": reads,
	"ZSCORE": reads, "ZMSCORE": reads, "ZRANGE": reads, "ZRANGEBYSCORE": reads, "ZREVRANGE": reads,
	"ZREVRANGEBYSCORE": reads, "ZCARD": reads, "ZCOUNT": reads, "ZRANK": reads, "ZREVRANK": reads, "ZSCAN": reads,
	"LRANGE": reads, "LLEN": reads, "LINDEX": reads,
	"XLEN": reads, "XRANGE": reads, "XREVRANGE": reads,

	"SET": writes, "SETNX": writes, "SETEX": writes, "PSETEX": writes, "GETSET": writes,
	"GETDEL": writes, "GETEX": writes, "APPEND": writes, "SETRANGE": writes, "SETBIT": writes,
	"INCR": writes, "INCRBY": writes, "DECR": writes, "DECRBY": writes,
	"EXPIRE": writes, "PEXPIRE": writes, "EXPIREAT": writes, "PEXPIREAT": writes, "PERSIST": writes,
	"HSET": writes, "HSETNX": writes, "HMSET": writes, "HDEL": writes, "HINCRBY": writes,
	"SADD": writes, "SREM": writes,
	"ZADD": writes, "ZREM": writes, "ZINCRBY": writes, "ZPOPMIN": writes, "ZPOPMAX": writes,
	"ZREMRANGEBYSCORE": writes, "ZREMRANGEBYRANK": writes,
	"LPUSH": writes, "RPUSH": writes, "LPOP": writes, "RPOP": writes, "LTRIM": writes, "LREM": writes, "LSET": writes,
	"XADD": writes, "XTRIM": writes,

	"DEL": deletes, "UNLINK": deletes,
}
