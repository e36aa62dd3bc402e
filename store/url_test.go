package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want address
	}{
		{"redis+cluster://h1:6379,h2:6380", address{hosts: []string{"h1:6379", "h2:6380"}}},
		{"redis+cluster://u:p%40ss@h1:1,[::1]:2", address{hosts: []string{"h1:1", "[::1]:2"}, user: "u", password: "p@ss"}},
		{"redis+sentinel://:p@h1:26379/3?master=main", address{hosts: []string{"h1:26379"}, password: "p", db: 3}},
	} {
		got, err := parseHosts(c.raw)
		if err != nil {
			t.Errorf("%s: %v", c.raw, err)
		}
		got.query, got.tls = nil, nil
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(address{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.raw, diff)
		}
	}
	if a, err := parseHosts("rediss+sentinel://h:1?master=m"); err != nil || a.tls == nil {
		t.Errorf("rediss+sentinel: %+v, %v, want TLS", a, err)
	}
}

func TestClientsAreLimited(t *testing.T) {
	for _, raw := range []string{
		"redis://127.0.0.1:1/2", "rediss://u:p@127.0.0.1:1", "unix:///tmp/none.sock?db=1",
		"redis+sentinel://127.0.0.1:1/0?master=m",
	} {
		client, err := connect(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		o := client.(*redis.Client).Options()
		if o.DialTimeout != dialTime || o.ReadTimeout != readTime || o.MaxRetries != 0 || o.DialerRetries != 1 ||
			o.PoolSize < 64 || o.PoolTimeout != poolTime || !o.ContextTimeoutEnabled {
			t.Errorf("%s: options %+v", raw, o)
		}
		client.Close()
	}
	client, err := connect("redis+cluster://127.0.0.1:1,127.0.0.1:2")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if o := client.(*redis.ClusterClient).Options(); o.ReadTimeout != readTime || o.MaxRetries != -1 || len(o.Addrs) != 2 {
		t.Errorf("cluster options %+v", o)
	}
}

func TestBadAddresses(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"no scheme", "127.0.0.1:6379", "unknown form"},
		{"another scheme", "http://h:1", "unknown form"},
		{"a bad port", "redis://:hunter22@h:port/0", "want redis://"},
		{"a bad database", "redis://:hunter22@h:1/x", "want redis://"},
		{"a cluster with a database", "redis+cluster://h:1/2", "has no database 2"},
		{"a sentinel without a master", "redis+sentinel://h:1/0", "needs ?master=NAME"},
		{"a host without a port", "redis+cluster://:hunter22@h1:1,h2", "want NAME:PORT"},
		{"a port that is none", "redis+cluster://h1:70000", "1 to 65535"},
		{"a database that is no number", "redis+sentinel://h1:1/x?master=m", "is no number"},
		{"an unknown parameter", "redis+sentinel://h1:1/0?master=m&x=1", `unknown parameter "x"`},
		{"a broken escape", "redis+cluster://u:hunter22%zz@h1:1", "no escape"},
		{"a broken query", "redis+cluster://h1:1?%zz", "cannot be read"},
	} {
		_, err := connect(c.raw)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "PUFA_REDIS_URL") {
			t.Errorf("%s: %v, want PUFA_REDIS_URL and %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter22") {
			t.Errorf("%s: the error holds the password: %v", c.name, err)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"no account", Options{Secret: testSecret}, "account"},
		{"an account that breaks the hash tag", Options{Account: "a}b", Secret: testSecret}, "account"},
		{"a short secret", Options{Account: "a", Secret: []byte("short")}, "PUFA_SECRET"},
		{"neither redis nor a folder", Options{Account: "a", Secret: testSecret}, "PUFA_DATA_DIR"},
		{"a redis that is not there", Options{Account: "a", Secret: testSecret, RedisURL: "redis://127.0.0.1:1"}, "redis is unavailable"},
	} {
		s, err := Open(t.Context(), c.o)
		if err == nil {
			s.Close()
			t.Errorf("%s: Open succeeds", c.name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		name string
		info map[string]string
		want []Warning
	}{
		{"all well", map[string]string{"redis_version": "7.0.15", "maxmemory_policy": "noeviction", "aof_enabled": "1"}, nil},
		{"evicts", map[string]string{"redis_version": "7.2.4", "maxmemory_policy": "allkeys-lru", "aof_enabled": "1"}, []Warning{WarnEviction}},
		{"no AOF and old", map[string]string{"redis_version": "6.2.1", "maxmemory_policy": "noeviction", "aof_enabled": "0"}, []Warning{WarnOldRedis, WarnNoAOF}},
		{"syncs later", map[string]string{"redis_version": "7.0.15", "maxmemory_policy": "noeviction", "aof_enabled": "1", "appendfsync": "everysec"}, []Warning{WarnSync}},
		{"syncs at once", map[string]string{"redis_version": "7.0.15", "maxmemory_policy": "noeviction", "aof_enabled": "1", "appendfsync": "always"}, nil},
		{"tells nothing", map[string]string{}, []Warning{WarnUnknown}},
	} {
		if diff := cmp.Diff(c.want, warnings(c.info)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestReadyAsksTheServer(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want []Warning
	}{
		{"as it comes", nil, []Warning{WarnNoAOF}},
		{"as it should be", []string{"--appendonly", "yes", "--appendfsync", "always"}, nil},
		{"as a cache", []string{"--appendonly", "yes", "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"}, []Warning{WarnEviction, WarnSync}},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := startServer(t, c.args...)
			r := overURL(t, "redis://"+addr, rawClient(addr))
			got := r.Ready(t.Context())
			if diff := cmp.Diff(c.want, got.Warnings); diff != "" || !got.OK() {
				t.Errorf("Ready = %+v (-want +got):\n%s", got, diff)
			}
		})
	}
	t.Run("a cluster", func(t *testing.T) {
		if got := overCluster(t)(t).Ready(t.Context()); !got.OK() || cmp.Diff([]Warning{WarnNoAOF}, got.Warnings) != "" {
			t.Errorf("Ready = %+v, want a warning of no AOF", got)
		}
	})
}
