package trial

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/proto"
)

const script = "redis.call('RPUSH', KEYS[1], ARGV[1]) redis.call('INCR', KEYS[2]) return 1"

// child writes until it is killed, on four connections, and says on its
// output what was acknowledged. It folds all the while.
func child(dir string) {
	d, err := Open(context.Background(), dir, time.Now, quiet)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	var out sync.Mutex
	for i := range 4 {
		conn, err := d.Dial(context.Background())
		if err != nil {
			fmt.Println("error", err)
			return
		}
		go func() {
			c := proto.NewClient(conn)
			for n := 0; ; n++ {
				key := strconv.Itoa(i)
				reply, err := c.Do("EVAL", script, "2", "list"+key, "count"+key, strconv.Itoa(n))
				if err != nil || reply != ":1\r\n" {
					fmt.Println("error", reply, err)
					return
				}
				out.Lock()
				os.Stdout.WriteString(key + "\n")
				out.Unlock()
			}
		}()
	}
	for {
		if err := d.host.fold(); err != nil {
			fmt.Println("error", err)
		}
	}
}

// TestKilledWhileItWrites kills a process between two instructions and finds
// everything again that it had acknowledged.
func TestKilledWhileItWrites(t *testing.T) {
	total, back := 0, 0
	for round := range 3 {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PUFA_TRIAL_CHILD="+dir)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		acked := map[string]int{}
		lines := bufio.NewScanner(pipe)
		for n := 0; lines.Scan(); n++ {
			if _, err := strconv.Atoi(lines.Text()); err != nil {
				t.Fatalf("child says %q", lines.Text())
			}
			acked[lines.Text()]++
			if n == 1000+500*round {
				cmd.Process.Kill() // what it still said before it died counts too
			}
		}
		cmd.Wait()
		c := dial(t, openDoor(t, dir, newClock()))
		for key, n := range acked {
			reply, err := c.Do("LLEN", "list"+key)
			if err != nil {
				t.Fatal(err)
			}
			var length, count int
			fmt.Sscanf(reply, ":%d", &length)
			if _, err := fmt.Sscanf(c.do("GET", "count"+key), "$%d %d", new(int), &count); err != nil {
				t.Fatal(err)
			}
			if length < n || length > n+1 {
				t.Errorf("connection %s: %d acknowledged, %d there, want as many or one more", key, n, length)
			}
			if count != length {
				t.Errorf("connection %s: list %d and count %d of one script differ", key, length, count)
			}
			total, back = total+n, back+length
		}
	}
	t.Logf("%d acknowledged, %d there after 3 kills", total, back)
}
