package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/redis/go-redis/v9"

	"pufa/config"
	"pufa/handlers"
	"pufa/wechat"
)

const (
	benchMessages    = 20_000
	benchConnections = 64
	benchRounds      = 5
)

// BenchmarkCallbackAgainstBare sends 20,000 sealed messages over 64
// connections to the whole server over a real Redis on loopback, and to a bare
// Gin handler that reads the same body, pipelines SET EX and HINCRBY and
// answers success; five times in turn. It reports the medians and their
// ratio, with a Redis that keeps nothing on the disk and with one that writes
// every change to its log (appendfsync everysec), which the operations manual
// asks for. One run is enough: -benchtime 1x.
func BenchmarkCallbackAgainstBare(b *testing.B) {
	b.Run("memory", func(b *testing.B) { benchAgainstBare(b, "no") })
	b.Run("appendonly", func(b *testing.B) { benchAgainstBare(b, "yes") })
}

func benchAgainstBare(b *testing.B, appendOnly string) {
	redisAddr := benchRedis(b, appendOnly)
	whole, callback := benchServer(b, redisAddr)
	bare := benchBare(b, redisAddr)
	for b.Loop() {
		var ours, theirs, p99, redisOurs, redisTheirs, cpuOurs, cpuTheirs []float64
		for round := range benchRounds {
			load := sealedLoad(b, callback, round)
			start, startHere := redisCPU(b, redisAddr), ownCPU()
			theirs = append(theirs, run64(b, bare, load).perSecond)
			between, betweenHere := redisCPU(b, redisAddr), ownCPU()
			r := run64(b, whole, load)
			ours, p99 = append(ours, r.perSecond), append(p99, r.p99)
			redisTheirs = append(redisTheirs, (between-start)/benchMessages)
			redisOurs = append(redisOurs, (redisCPU(b, redisAddr)-between)/benchMessages)
			cpuTheirs = append(cpuTheirs, (betweenHere-startHere)/benchMessages)
			cpuOurs = append(cpuOurs, (ownCPU()-betweenHere)/benchMessages)
		}
		for _, list := range [][]float64{ours, theirs, p99, redisOurs, redisTheirs, cpuOurs, cpuTheirs} {
			slices.Sort(list)
		}
		mid := benchRounds / 2
		b.ReportMetric(ours[mid], "pufa-msg/s")
		b.ReportMetric(theirs[mid], "bare-msg/s")
		b.ReportMetric(ours[mid]/theirs[mid], "share")
		b.ReportMetric(p99[mid], "p99-ms")
		b.ReportMetric(redisOurs[mid], "redis-µs/msg")
		b.ReportMetric(redisTheirs[mid], "bare-redis-µs/msg")
		b.ReportMetric(cpuOurs[mid], "go-µs/msg")
		b.ReportMetric(cpuTheirs[mid], "bare-go-µs/msg")
	}
}

// benchRedis starts a redis-server of the benchmark's own.
func benchRedis(b *testing.B, appendOnly string) string {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		b.Skip("no redis-server on the PATH: install Debian's redis-server")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := ln.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	if err := ln.Close(); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--dir", b.TempDir(),
		"--appendonly", appendOnly, "--maxmemory-policy", "noeviction", "--save", "")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	deadline := time.Now().Add(10 * time.Second)
	for client.Ping(context.Background()).Err() != nil {
		if time.Now().After(deadline) {
			b.Fatal("redis-server did not come up")
		}
	}
	return addr
}

// redisCPU is the processor time that the server has used, in microseconds.
func redisCPU(b *testing.B, addr string) float64 {
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	info, err := client.Info(context.Background(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	var total float64
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_user" || name == "used_cpu_sys" {
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			total += seconds * 1e6
		}
	}
	return total
}

// ownCPU is the processor time that this process has used, the senders of the
// messages included, in microseconds.
func ownCPU() float64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return float64(use.Utime.Nano()+use.Stime.Nano()) / 1000
}

func benchServer(b *testing.B, redisAddr string) (url string, callback *wechat.Callback) {
	settings := config.Settings{
		DataDir: b.TempDir(), RedisURL: config.NewSecret("redis://" + redisAddr),
		Secret: config.NewSecret(strings.Repeat("bench", 8)), Try: config.Off,
		WeChat: config.WeChat{
			AppID: "wx0123456789abcdef", Token: config.NewSecret("benchtoken"),
			AESKey: config.NewSecret(strings.Repeat("abcdefg", 6) + "a"), Mode: config.Safe,
		},
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := build(context.Background(), settings, time.Now, log)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.close() })
	callback, err = wechat.New(callbackConfig(settings.WeChat))
	if err != nil {
		b.Fatal(err)
	}
	return listen(b, handlers.NewServer(s.site.Handler(), log)) + "/wechat", callback
}

// benchBare is the handler that a message is measured against.
func benchBare(b *testing.B, redisAddr string) string {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	client := redis.NewClient(&redis.Options{Addr: redisAddr, PoolSize: benchConnections})
	b.Cleanup(func() { _ = client.Close() })
	var n atomic.Int64
	router.POST("/", func(c *gin.Context) {
		if _, err := io.ReadAll(c.Request.Body); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		id := n.Add(1)
		_, err := client.Pipelined(c, func(p redis.Pipeliner) error {
			p.SetEx(c, fmt.Sprintf("bare:%d", id), "1", 10*time.Minute)
			p.HIncrBy(c, "bare:day", "messages", 1)
			return nil
		})
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.String(http.StatusOK, "success")
	})
	return listen(b, &http.Server{Handler: router}) + "/"
}

func listen(b *testing.B, srv *http.Server) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = srv.Serve(ln) }()
	b.Cleanup(func() { _ = srv.Close() })
	return "http://" + ln.Addr().String()
}

// sealed is one message as the platform sends it.
type sealed struct {
	query string
	body  []byte
}

// benchQuestions are what residents of the benchmark ask.
var benchQuestions = []string{
	"网上买的衣服不喜欢能退吗", "彩里能退马", "办的健身卡店跑了怎么办", "怀孕了公司让我走人", "房东不退押金",
	"老板拖欠工资三个月了去哪里告", "楼上漏水不赔", "今天天气怎么样", "菜单", "被家暴了去哪里开告诫书",
	"超市买到过期面包能赔多少", "电动车能不能推进楼道充电", "借给朋友两万没打借条", "老人的遗嘱要不要公证", "你好",
	"孩子打游戏充了八千", "物业费涨价不同意怎么办", "被人在网上造谣", "民法典1079条", "快递丢了只赔三倍运费",
}

func sealedLoad(b *testing.B, callback *wechat.Callback, round int) []sealed {
	load := make([]sealed, benchMessages)
	now := time.Now()
	for i := range load {
		msg := wechat.TextMessage(fmt.Sprintf("oBench%022d", i%3000), "gh_bench", fmt.Sprintf("%d", 7_000_000_000+round*benchMessages+i),
			benchQuestions[i%len(benchQuestions)], now)
		query, body, err := callback.Seal(msg, now, nil)
		if err != nil {
			b.Fatal(err)
		}
		load[i] = sealed{query.Encode(), body}
	}
	return load
}

type measured struct{ perSecond, p99 float64 }

// run64 sends a load over 64 connections that are kept open.
func run64(b *testing.B, url string, load []sealed) measured {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchConnections, MaxConnsPerHost: benchConnections}}
	defer client.CloseIdleConnections()
	took := make([]time.Duration, len(load))
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range benchConnections {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(load)); i = next.Add(1) - 1 {
				began := time.Now()
				if !post(client, url+"?"+load[i].query, load[i].body) {
					failed.Add(1)
				}
				took[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	whole := time.Since(start)
	if n := failed.Load(); n > 0 {
		b.Fatalf("%d of %d messages failed", n, len(load))
	}
	slices.Sort(took)
	return measured{float64(len(load)) / whole.Seconds(), float64(took[len(took)*99/100].Microseconds()) / 1000}
}

func post(client *http.Client, url string, body []byte) bool {
	resp, err := client.Post(url, "text/xml", bytes.NewReader(body))
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK && n > 0
}

// TestMain keeps the environment of whoever runs the tests out of them. With
// childVariable set this is the program itself: see startChild.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		main()
	}
	for _, line := range os.Environ() {
		if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(name, "PUFA_") && !strings.HasPrefix(name, "PUFA_TEST_") {
			_ = os.Unsetenv(name)
		}
	}
	// Most of the time the tests wait for other processes; -parallel still wins.
	_ = flag.Set("test.parallel", "4")
	os.Exit(m.Run())
}
