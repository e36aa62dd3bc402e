# make check is what CI runs. LAWS names a folder of official texts.

TOOL  := go tool -modfile=tools/go.mod
GOCC  := $(shell command -v $$(go env CC) 2>/dev/null)
RACE  := $(if $(GOCC),-race)
ARCHS := amd64 arm64 loong64
FUZZTIME ?= 10s
# The day for which the library is checked: the day it was last read through.
CHECKED ?= 2026-11-23

.PHONY: run test race check lint bench year fuzz soak build laws-check readme manual llm-live

run: ## the service, on this machine
	go run . serve

test:
	go test ./...

race: ## with the race detector where there is a C compiler
	go test $(RACE) ./...

check: lint race
	go run . check --date $(CHECKED)

lint:
	@files=$$($(TOOL) gofumpt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$files" ]; then echo "gofumpt would change:"; echo "$$files"; exit 1; fi
	go vet ./...
	$(TOOL) staticcheck ./...

bench: ## every benchmark; go test -run '^$$' -bench Callback . is the whole path of a message, make year a year of them
	go test -run '^$$' -bench . -benchmem ./...

year: ## the console, the report, the rebuild and Redis' memory over a made-up year; wants redis-server; PART=console is one of them
	go test -run '^$$' -bench 'Year/$(PART)' -benchtime 1x .

fuzz: ## every fuzz test for FUZZTIME
	@set -e; for pkg in $$(go list ./...); do \
		for name in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

SOAK ?= 10m
soak: ## campaigns sent for SOAK while processes and the store are killed; wants redis-server
	PUFA_SOAK=$(SOAK) go test -count=1 -timeout 0 -v -run TestSoak ./deliver/faults

build: ## bin/pufa-linux-ARCH, static, for every kind of machine
	@set -e; for arch in $(ARCHS); do \
		echo "bin/pufa-linux-$$arch"; \
		GOOS=linux GOARCH=$$arch tools/build bin/pufa-linux-$$arch; \
	done

laws-check: ## every citation against official texts: make laws-check LAWS=folder
	@test -n "$(LAWS)" || { echo "LAWS is not set: make laws-check LAWS=folder-of-texts"; exit 2; }
	go run . check --laws $(LAWS) --date $(CHECKED)

readme: ## the shown output and the figures of both READMEs
	go test -run TestReadme . -readme

manual: ## the pictures of docs/工作人员手册.md, out of the demonstration; wants /usr/bin/chromium
	go test -count=1 -run TestManualPictures . -manual docs/img $(if $(SHOTS),-shots $(SHOTS))

QUESTIONS ?= bot/testdata/questions.jsonl
llm-live: ## what the model of PUFA_OPENAI_* changes: sends the masked questions of QUESTIONS to it, about 300,000 tokens
	go run . eval --llm $(QUESTIONS)
