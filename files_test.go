package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"pufa/config"
)

// composeFile is what docker-compose.yml may say: another key is an error.
type composeFile struct {
	Name     string
	Services map[string]composeService
	Networks map[string]struct {
		Internal bool
		IPAM     struct {
			Config []struct{ Subnet, Gateway string }
		}
	}
	Volumes map[string]any
	Secrets map[string]struct{ File string }
}

type composeService struct {
	Build, Image string
	EnvFile      string `yaml:"env_file"`
	Environment  map[string]string
	Secrets      []string
	User         string
	Command      []string
	ReadOnly     bool `yaml:"read_only"`
	Tmpfs        []string
	CapDrop      []string `yaml:"cap_drop"`
	SecurityOpt  []string `yaml:"security_opt"`
	PidsLimit    int      `yaml:"pids_limit"`
	MemLimit     string   `yaml:"mem_limit"`
	Volumes      []string
	Networks     []string
	Ports        []string
	DependsOn    map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck  struct {
		Test              []string
		Interval, Timeout string
		StartPeriod       string `yaml:"start_period"`
		Retries           int
		Disable           bool
	}
	StopGracePeriod string `yaml:"stop_grace_period"`
	Restart         string
	Logging         struct {
		Driver  string
		Options map[string]string
	}
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	var c composeFile
	if err := yaml.UnmarshalWithOptions([]byte(readText(t, "docker-compose.yml")), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return c
}

func readText(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestComposeServices(t *testing.T) {
	c := readCompose(t)
	if len(c.Services) != 2 {
		t.Errorf("%d services, want pufa and redis", len(c.Services))
	}
	for name, s := range c.Services {
		for what, holds := range map[string]bool{
			"runs as a user by number, not root":  s.User != "" && !strings.HasPrefix(s.User, "0") && strings.Contains(s.User, ":") && !strings.HasPrefix(s.User, "root"),
			"cannot write to its image":           s.ReadOnly,
			"has a small /tmp":                    len(s.Tmpfs) == 1 && strings.HasPrefix(s.Tmpfs[0], "/tmp:size=") && strings.Contains(s.Tmpfs[0], "noexec"),
			"has no capability":                   slices.Equal(s.CapDrop, []string{"ALL"}),
			"gains no privilege":                  slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}),
			"has a limit of memory and processes": s.MemLimit != "" && s.PidsLimit > 0,
			"is asked for its health":             len(s.Healthcheck.Test) > 1 && s.Healthcheck.Test[0] == "CMD" && !s.Healthcheck.Disable,
			"comes back after a crash":            s.Restart == "unless-stopped",
			"has time to stop":                    lastsAtLeast(s.StopGracePeriod, 20*time.Second),
			"keeps its data in a named volume":    len(s.Volumes) == 1 && isNamed(c, s.Volumes[0]),
			"does not fill the disk with its log": s.Logging.Options["max-size"] != "" && s.Logging.Options["max-file"] != "",
		} {
			if !holds {
				t.Errorf("%s: it should hold that it %s: %+v", name, what, s)
			}
		}
	}
}

func lastsAtLeast(text string, least time.Duration) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d >= least
}

// isNamed reports whether a mount is a volume of the file, at /data.
func isNamed(c composeFile, mount string) bool {
	name, at, _ := strings.Cut(mount, ":")
	_, ok := c.Volumes[name]
	return ok && at == "/data"
}

func TestComposeRedis(t *testing.T) {
	redis := readCompose(t).Services["redis"]
	flags := map[string]string{}
	for i := 1; i+1 < len(redis.Command); i += 2 {
		flags[redis.Command[i]] = redis.Command[i+1]
	}
	for flag, want := range map[string]string{"--appendonly": "yes", "--maxmemory-policy": "noeviction", "--appendfsync": "always"} {
		if flags[flag] != want {
			t.Errorf("redis: %s = %q, want %q", flag, flags[flag], want)
		}
	}
	if flags["--maxmemory"] == "" {
		t.Error("redis has no --maxmemory: the machine decides when memory ends")
	}
	if len(redis.Ports) > 0 {
		t.Errorf("redis publishes %v, want no port", redis.Ports)
	}
	if !strings.HasPrefix(redis.Image, "redis:7.") && !strings.HasPrefix(redis.Image, "valkey/valkey:") {
		t.Errorf("redis runs %q, want Redis 7 or Valkey, with its version", redis.Image)
	}
}

func TestComposeNetworks(t *testing.T) {
	c := readCompose(t)
	if got := c.Services["redis"].Networks; !slices.Equal(got, []string{"back"}) || !c.Networks["back"].Internal {
		t.Errorf("redis is in %v, want only in back, which has no way out", got)
	}
	pufa := c.Services["pufa"]
	if !slices.Contains(pufa.Networks, "back") || !slices.Contains(pufa.Networks, "front") {
		t.Errorf("pufa is in %v, want front and back", pufa.Networks)
	}
	for _, port := range pufa.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("pufa publishes %s: only the web server of this machine should reach it", port)
		}
	}
	front := c.Networks["front"].IPAM.Config
	if len(front) != 1 || front[0].Gateway != pufa.Environment["PUFA_TRUSTED_PROXIES"] {
		t.Errorf("the proxy that is believed is %s, the gateway of front is in %v", pufa.Environment["PUFA_TRUSTED_PROXIES"], front)
	}
}

func TestComposePufa(t *testing.T) {
	c := readCompose(t)
	pufa := c.Services["pufa"]
	if got := strings.Join(pufa.Healthcheck.Test, " "); got != "CMD /pufa health" {
		t.Errorf("pufa's health is asked by %q", got)
	}
	if pufa.DependsOn["redis"].Condition != "service_healthy" {
		t.Error("pufa does not wait for a healthy redis")
	}
	for name, file := range pufa.Environment {
		base, isFile := strings.CutSuffix(name, "_FILE")
		if !slices.Contains(config.Names(), name) {
			t.Errorf("there is no setting %s", name)
		}
		if !isFile {
			continue
		}
		secret := strings.TrimPrefix(file, "/run/secrets/")
		if _, ok := c.Secrets[secret]; !ok || !slices.Contains(pufa.Secrets, secret) {
			t.Errorf("%s: secret %s is not handed to pufa", base, secret)
		}
	}
	for _, name := range []string{"PUFA_SECRET", "PUFA_WECHAT_APP_SECRET", "PUFA_WECHAT_TOKEN", "PUFA_WECHAT_AES_KEY"} {
		if _, plain := pufa.Environment[name]; plain || pufa.Environment[name+"_FILE"] == "" {
			t.Errorf("%s should come from a file", name)
		}
	}
	for name, s := range c.Secrets {
		if !strings.HasPrefix(s.File, "./secrets/") {
			t.Errorf("secret %s is in %s, want in ./secrets/, which git leaves out", name, s.File)
		}
	}
}

func TestSecretsStayOutOfGit(t *testing.T) {
	lines := strings.Split(readText(t, ".gitignore"), "\n")
	for _, want := range []string{".env", "/secrets/", "/data/"} {
		if !slices.Contains(lines, want) {
			t.Errorf(".gitignore does not leave out %s", want)
		}
	}
}

// instruction is a line of a Dockerfile, with what it is continued by.
type instruction struct{ name, rest string }

func readDockerfile(t *testing.T) (list []instruction) {
	t.Helper()
	text := strings.ReplaceAll(readText(t, "Dockerfile"), "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		list = append(list, instruction{name, rest})
	}
	return list
}

func TestDockerfile(t *testing.T) {
	var last []instruction // of the last stage, which is what is shipped
	stages, build := 0, ""
	for _, i := range readDockerfile(t) {
		if i.name == "FROM" {
			stages++
			last = nil
		}
		if i.name == "RUN" && strings.Contains(i.rest, "tools/build") {
			build = i.rest
		}
		last = append(last, i)
	}
	if stages != 2 {
		t.Errorf("%d stages, want one that builds and one that is shipped", stages)
	}
	script := readText(t, "tools/build")
	for _, want := range []string{"CGO_ENABLED=0", "-tags nomsgpack", "-trimpath", `-ldflags "-s -w"`} {
		if build == "" || !strings.Contains(script, want) {
			t.Errorf("it is built by %q, with a script without %s", build, want)
		}
	}
	for _, want := range []instruction{
		{"FROM", "scratch"},
		{"USER", "65532:65532"},
		{"ENTRYPOINT", `["/pufa"]`},
		{"CMD", `["serve"]`},
		{"VOLUME", "/data"},
		{"COPY", "--from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/"},
		{"COPY", "--from=build /out/zoneinfo.zip /"},
		{"COPY", "--from=build --chown=65532:65532 /out/data /data"},
	} {
		if !slices.Contains(last, want) {
			t.Errorf("what is shipped lacks %s %s", want.name, want.rest)
		}
	}
	for _, i := range last {
		switch {
		case i.name == "HEALTHCHECK" && !strings.HasSuffix(i.rest, `CMD ["/pufa", "health"]`):
			t.Errorf("health is asked by %s", i.rest)
		case i.name == "RUN":
			t.Errorf("scratch can run nothing: RUN %s", i.rest)
		case i.name == "ENV":
			for _, pair := range strings.Fields(i.rest) {
				if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "PUFA_") && !slices.Contains(config.Names(), name) {
					t.Errorf("ENV %s: there is no such setting", name)
				}
			}
		}
	}
	if !slices.ContainsFunc(last, func(i instruction) bool { return i.name == "HEALTHCHECK" }) {
		t.Error("nothing asks for its health")
	}
}

// What .dockerignore leaves out cannot be built, what it lets in is shipped to
// the engine.
func TestDockerignore(t *testing.T) {
	var let []string
	for line := range strings.Lines(readText(t, ".dockerignore")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
			let = append(let, name)
		}
	}
	want := append([]string{"*.go", "go.mod", "go.sum", "tools/build"}, embeddedTestdata(t)...)
	for _, dir := range packageDirs(t) {
		if top, _, _ := strings.Cut(dir, "/"); top != "." && !slices.Contains(want, top) {
			want = append(want, top)
		}
	}
	slices.Sort(let)
	slices.Sort(want)
	if !slices.Equal(let, want) {
		t.Errorf(".dockerignore lets in %v, want %v", let, want)
	}
}

// embeddedTestdata lists what the program holds of folders that are left out.
func embeddedTestdata(t *testing.T) (files []string) {
	t.Helper()
	for _, dir := range packageDirs(t) {
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			for line := range strings.Lines(readText(t, source)) {
				if name, ok := strings.CutPrefix(line, "//go:embed testdata/"); ok {
					files = append(files, path.Join(filepath.ToSlash(dir), "testdata", strings.TrimSpace(name)))
				}
			}
		}
	}
	return files
}

// packageDirs returns the folders with code of ours, "." among them.
func packageDirs(t *testing.T) (dirs []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && isOutside(file) {
			return fs.SkipDir
		}
		dir := filepath.ToSlash(filepath.Dir(file))
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
