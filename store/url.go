package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"pufa/store/trial"
)

// The client's limits. A call that timed out may have run, so nothing is
// repeated blindly: the counted set decides when the spool is replayed.
const (
	dialTime  = 300 * time.Millisecond
	readTime  = 500 * time.Millisecond
	poolTime  = 500 * time.Millisecond
	poolConns = 96
)

const urlForms = "redis://HOST:PORT/DB, rediss://…, unix:///PATH, redis+cluster://H1:P,H2:P, " +
	"redis+sentinel://H1:P,H2:P/DB?master=NAME"

// connect returns a client for a PUFA_REDIS_URL. It makes no connection yet,
// and no error it returns holds the password.
func connect(raw string) (redis.UniversalClient, error) {
	logging.Disable() // of the client, which writes lines of its own; its errors reach us all the same
	scheme, _, _ := strings.Cut(raw, "://")
	switch scheme {
	case "redis", "rediss", "unix":
		return connectServer(raw)
	case "redis+cluster", "rediss+cluster":
		return connectCluster(raw)
	case "redis+sentinel", "rediss+sentinel":
		return connectSentinel(raw)
	}
	return nil, fmt.Errorf("PUFA_REDIS_URL: unknown form: want one of %s", urlForms)
}

func connectServer(raw string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(raw)
	if err != nil {
		var parse *url.Error // its text repeats the whole address
		if errors.As(err, &parse) {
			err = parse.Err
		}
		return nil, fmt.Errorf("PUFA_REDIS_URL: want %s: %s", urlForms, strings.ReplaceAll(err.Error(), raw, "…"))
	}
	limit(o)
	return redis.NewClient(o), nil
}

// connectTrial returns a client for the trial store.
func connectTrial(door *trial.Door) redis.UniversalClient {
	logging.Disable()
	o := &redis.Options{
		Addr:   "trial store",
		Dialer: func(ctx context.Context, _, _ string) (net.Conn, error) { return door.Dial(ctx) },
	}
	limit(o)
	return redis.NewClient(o)
}

// limit sets what every connection to a server is limited by.
func limit(o *redis.Options) {
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTime, readTime, readTime
	o.DialerRetries, o.MaxRetries = 1, -1
	o.PoolSize, o.PoolTimeout = poolConns, poolTime
	o.ContextTimeoutEnabled, o.DisableIdentity, o.Protocol = true, true, 2
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

func connectCluster(raw string) (redis.UniversalClient, error) {
	a, err := parseHosts(raw)
	if err != nil {
		return nil, err
	}
	if a.db != 0 {
		return nil, fmt.Errorf("PUFA_REDIS_URL: a cluster has no database %d: leave /%d out", a.db, a.db)
	}
	return redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: a.hosts, Username: a.user, Password: a.password, TLSConfig: a.tls,
		DialTimeout: dialTime, ReadTimeout: readTime, WriteTimeout: readTime,
		DialerRetries: 1, MaxRetries: -1, MaxRedirects: 2,
		PoolSize: poolConns, PoolTimeout: poolTime,
		ContextTimeoutEnabled: true, DisableIdentity: true, Protocol: 2,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}), nil
}

func connectSentinel(raw string) (redis.UniversalClient, error) {
	a, err := parseHosts(raw)
	if err != nil {
		return nil, err
	}
	if a.query.Get("master") == "" {
		return nil, errors.New("PUFA_REDIS_URL: a Sentinel address needs ?master=NAME")
	}
	return redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: a.query.Get("master"), SentinelAddrs: a.hosts,
		SentinelUsername: a.query.Get("sentinel_username"), SentinelPassword: a.query.Get("sentinel_password"),
		Username: a.user, Password: a.password, DB: a.db, TLSConfig: a.tls,
		DialTimeout: dialTime, ReadTimeout: readTime, WriteTimeout: readTime,
		DialerRetries: 1, MaxRetries: -1,
		PoolSize: poolConns, PoolTimeout: poolTime,
		ContextTimeoutEnabled: true, DisableIdentity: true, Protocol: 2,
	}), nil
}

// address is an address with several hosts, which net/url refuses.
type address struct {
	hosts          []string
	user, password string
	db             int
	query          url.Values
	tls            *tls.Config
}

// known are the parameters of such an address.
var known = []string{"master", "sentinel_username", "sentinel_password"}

func parseHosts(raw string) (address, error) {
	var a address
	scheme, rest, _ := strings.Cut(raw, "://")
	rest, query, _ := strings.Cut(rest, "?")
	rest, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, password, _ := strings.Cut(rest[:at], ":")
		var errUser, errPassword error
		a.user, errUser = url.PathUnescape(user)
		a.password, errPassword = url.PathUnescape(password)
		if errUser != nil || errPassword != nil {
			return a, errors.New("PUFA_REDIS_URL: user or password has a % that is no escape")
		}
		rest = rest[at+1:]
	}
	a.hosts = strings.Split(rest, ",")
	for _, host := range a.hosts {
		if err := checkHost(host); err != nil {
			return a, err
		}
	}
	if path != "" {
		db, err := strconv.Atoi(path)
		if err != nil || db < 0 {
			return a, fmt.Errorf("PUFA_REDIS_URL: database %q is no number", path)
		}
		a.db = db
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, errors.New("PUFA_REDIS_URL: what follows the ? cannot be read")
	}
	for name := range values {
		if !slices.Contains(known, name) {
			return a, fmt.Errorf("PUFA_REDIS_URL: unknown parameter %q: want %s", name, strings.Join(known, ", "))
		}
	}
	a.query = values
	if strings.HasPrefix(scheme, "rediss") {
		a.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return a, nil
}

func checkHost(host string) error {
	colon := strings.LastIndexByte(host, ':')
	if colon < 1 {
		return fmt.Errorf("PUFA_REDIS_URL: host %q: want NAME:PORT", host)
	}
	if port, err := strconv.Atoi(host[colon+1:]); err != nil || port < 1 || port > 65535 {
		return fmt.Errorf("PUFA_REDIS_URL: host %q: the port is not 1 to 65535", host)
	}
	return nil
}
