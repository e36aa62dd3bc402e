package store

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// freePort returns a loopback port that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// startServer starts a redis-server of the test's own, or skips the test
// when there is none on the PATH. It returns its address.
func startServer(t testing.TB, args ...string) (addr string) {
	t.Helper()
	port := freePort(t)
	return start(t, port, append([]string{
		"--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir(),
	}, args...))
}

// startSentinel starts a Sentinel that watches the server at addr as "main".
func startSentinel(t *testing.T, addr string) string {
	t.Helper()
	port, dir := freePort(t), t.TempDir()
	host, serverPort, _ := net.SplitHostPort(addr)
	config := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor main %s %s 1\n", port, dir, host, serverPort)
	name := filepath.Join(dir, "sentinel.conf")
	if err := os.WriteFile(name, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, port, []string{name, "--sentinel"})
}

func start(t testing.TB, port int, args []string) (addr string) {
	t.Helper()
	_, addr = startProcess(t, port, args)
	return addr
}

// startProcess starts a redis-server and waits until it answers. It is killed
// at the end of the test.
func startProcess(t testing.TB, port int, args []string) (*exec.Cmd, string) {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("no redis-server on the PATH: what a real Redis does is not tested")
	}
	cmd := exec.Command(binary, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	await(t, "redis-server at "+addr, func(ctx context.Context) bool {
		c := redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true, MaxRetries: -1, DialerRetries: 1})
		defer c.Close()
		return c.Ping(ctx).Err() == nil
	})
	return cmd, addr
}

// await asks again and again until what it waits for is there; another
// process gives no sign that could be waited on.
func await(t testing.TB, what string, ready func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ready(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("%s is not ready after 15 s", what)
		case <-tick.C:
		}
	}
}

func rawClient(addr string) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
}

// overServer returns a maker of rigs that share one redis-server, emptied for
// each.
func overServer(t *testing.T) func(*testing.T) *rig {
	addr := startServer(t, "--appendonly", "yes")
	return func(t *testing.T) *rig {
		raw := rawClient(addr)
		if err := raw.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		return overURL(t, "redis://"+addr, raw)
	}
}

// overSentinel returns a maker of rigs that ask a Sentinel for the server.
func overSentinel(t *testing.T) func(*testing.T) *rig {
	addr := startServer(t, "--appendonly", "yes")
	sentinel := startSentinel(t, addr)
	return func(t *testing.T) *rig {
		raw := rawClient(addr)
		if err := raw.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		return overURL(t, "redis+sentinel://"+sentinel+"/0?master=main", raw)
	}
}

// overCluster returns a maker of rigs over a cluster of three.
func overCluster(t *testing.T) func(*testing.T) *rig {
	var addrs []string
	for range 3 {
		addr := startServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
			"--cluster-port", fmt.Sprint(freePort(t)), "--cluster-require-full-coverage", "no")
		addrs = append(addrs, addr)
	}
	formCluster(t, addrs)
	url := "redis+cluster://" + strings.Join(addrs, ",")
	return func(t *testing.T) *rig {
		raw := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs, Protocol: 2, DisableIdentity: true})
		if err := raw.ForEachMaster(t.Context(), func(ctx context.Context, c *redis.Client) error {
			return c.FlushAll(ctx).Err()
		}); err != nil {
			t.Fatal(err)
		}
		return overURL(t, url, oneSlot{raw})
	}
}

// formCluster gives each node a third of the slots and lets them meet.
func formCluster(t *testing.T, addrs []string) {
	t.Helper()
	ctx := t.Context()
	const slots = 16384
	for i, addr := range addrs {
		c := rawClient(addr)
		defer c.Close()
		from, to := i*slots/3, (i+1)*slots/3-1
		if err := c.ClusterAddSlotsRange(ctx, from, to).Err(); err != nil {
			t.Fatal(err)
		}
		if err := c.Do(ctx, "cluster", "set-config-epoch", i+1).Err(); err != nil {
			t.Fatal(err)
		}
	}
	first := rawClient(addrs[0])
	defer first.Close()
	for _, addr := range addrs[1:] {
		host, port, _ := net.SplitHostPort(addr)
		if err := first.Do(ctx, "cluster", "meet", host, port, busPort(t, addr)).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, addr := range addrs {
		await(t, "cluster node "+addr, func(ctx context.Context) bool {
			c := rawClient(addr)
			defer c.Close()
			info := c.ClusterInfo(ctx).Val()
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3") &&
				strings.Contains(info, "cluster_slots_assigned:16384")
		})
	}
}

// busPort asks a node for the port of its cluster bus.
func busPort(t *testing.T, addr string) string {
	t.Helper()
	c := rawClient(addr)
	defer c.Close()
	got, err := c.ConfigGet(t.Context(), "cluster-port").Result()
	if err != nil {
		t.Fatal(err)
	}
	return got["cluster-port"]
}

// oneSlot lists the keys of all nodes, where a cluster client asks only one.
type oneSlot struct{ *redis.ClusterClient }

func (c oneSlot) Keys(ctx context.Context, pattern string) *redis.StringSliceCmd {
	var all []string
	keys := make(chan []string, 16)
	err := c.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		list, err := node.Keys(ctx, pattern).Result()
		keys <- list
		return err
	})
	close(keys)
	for list := range keys {
		all = append(all, list...)
	}
	return redis.NewStringSliceResult(all, err)
}
