# mailcheck: one non-recursive Makefile. `make` builds; `make demo` and `make test` may also install.
#
#   MODE=plain|asan|fuzz|tsan   where it builds: build/$(MODE)/       V=1 shows the commands
#   CC=gcc|clang               PREFIX, DESTDIR for install

MODE    ?= plain
PREFIX  ?= /usr/local
DESTDIR ?=
V       ?= 0
CC      ?= cc
AR      ?= ar
B       := build/$(MODE)
MAILCHECK_SHARED ?= ../shared
export MAILCHECK_SHARED

# The packages, in one place. `make demo` installs the first list, `make test` both.
PACKAGES_BUILD := gcc make pkg-config libc6-dev libgmime-3.0-dev libssl-dev libldns-dev libncurses-dev \
	libjansson-dev libpsl-dev publicsuffix libicu-dev libsqlite3-dev libarchive-dev libmagic-dev libgumbo-dev \
	libgmp-dev ncurses-bin
PACKAGES_TEST := clang libclang-rt-14-dev libcmocka-dev python3 python3-cryptography python3-dkim python3-nacl \
	python3-jsonschema python3-dnspython openssl nsd ldnsutils tmux ncurses-term valgrind mandoc git parallel \
	slurm-wlm munge $(PACKAGES_MORE)
# For more tests: openssh-server, which nobody should get unasked on a laptop, since it listens from then on. CI asks.
PACKAGES_MORE :=

PKGS := gmime-3.0 openssl ldns jansson libpsl icu-uc icu-i18n sqlite3 libarchive libmagic gumbo

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings
CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lncursesw -ltinfo -lm -pthread
ifneq ($(shell pkg-config --exists gmp 2>/dev/null && echo y),)
CPPFLAGS += -DHAVE_GMP
PKG_LIBS += -lgmp
endif
CFLAGS_plain := -O2 -g
CFLAGS_asan  := -DMAILCHECK_FAULTS -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
CFLAGS_fuzz  := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-omit-frame-pointer
CFLAGS_tsan  := -O1 -g -fsanitize=thread
ALL_CFLAGS = -std=c17 -pthread $(WARN) $(CFLAGS_$(MODE)) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS += $(filter -fsanitize=%,$(CFLAGS_$(MODE)))

ifeq ($(V),0)
Q := @
say = @printf '  %-6s %s\n' $(1) $(2)
else
Q :=
say =
endif

LIB_SRC  := $(sort $(wildcard parsers/*/*.c))
CLI_SRC  := $(sort $(wildcard cli/*.c))
TUI_SRC  := $(sort $(wildcard tui/*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(1))
LIB  := $(B)/libmailcheck.a
BIN  := $(B)/mailcheck
# Tests of rooms outside the library link what is not main().
APP_OBJ := $(filter-out $(B)/cli/main.o,$(call obj,$(CLI_SRC) $(TUI_SRC)))
UNIT_BIN := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(UNIT_SRC))
BENCH_BIN := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(BENCH_SRC))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(FUZZ_SRC))

.PHONY: all demo test asan fuzz bench lint conformance install clean check-plain check-asan units packages-build packages-test
.SECONDARY:
all: $(BIN)
	$(Q)if [ "$(MODE)" = plain ]; then ln -sf $(BIN) mailcheck; fi

$(BIN): $(call obj,$(CLI_SRC) $(TUI_SRC)) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(LIB): $(call obj,$(LIB_SRC))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(dir $@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(APP_OBJ) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcmocka

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

$(B)/tests/bench/%: $(B)/tests/bench/%.o $(APP_OBJ) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

units: $(UNIT_BIN)

packages-build:
	$(Q)tests/install-packages $(PACKAGES_BUILD)
packages-test:
	$(Q)tests/install-packages $(PACKAGES_BUILD) $(PACKAGES_TEST)

# The packages may only just have come, so what pkg-config said when this make started is stale: start anew.
demo: packages-build
	$(Q)$(MAKE) --no-print-directory all
	$(Q)echo; ./mailcheck --no-config --no-pager --fail-on none --dns testdata/demo/dns.zone testdata/demo/message.eml

test: packages-test
	$(Q)$(MAKE) --no-print-directory lint
	$(Q)$(MAKE) --no-print-directory all units
	$(Q)$(MAKE) --no-print-directory MODE=asan all units
	$(Q)python3 tests/run.py --mode plain --mode asan

check-plain: all units
	$(Q)python3 tests/run.py --mode plain
check-asan:
	$(Q)$(MAKE) --no-print-directory MODE=asan all units
	$(Q)python3 tests/run.py --mode asan
asan: check-asan

FUZZ_SECONDS ?= 60
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang MODE=fuzz fuzzers
	$(Q)for f in $(patsubst tests/fuzz/%.c,build/fuzz/tests/fuzz/%,$(FUZZ_SRC)); do \
		echo "== $$f"; mkdir -p $$f.corpus; $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 \
		-verbosity=0 -print_final_stats=1 $$f.corpus || exit 1; done
.PHONY: fuzzers
fuzzers: $(FUZZ_BIN)

bench: all $(BENCH_BIN)
	$(Q)for b in $(BENCH_BIN) tests/bench/bench_*; do [ -x "$$b" ] && "$$b" || true; done
lint:
	$(Q)python3 tests/run.py --only lint
conformance: all
	$(Q)python3 tests/run.py --only conformance

install: all
	install -Dm755 $(BIN) $(DESTDIR)$(PREFIX)/bin/mailcheck
	install -Dm644 cli/mailcheck.1 $(DESTDIR)$(PREFIX)/share/man/man1/mailcheck.1
	install -Dm644 cli/completions/mailcheck.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mailcheck
	install -Dm644 cli/completions/_mailcheck $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_mailcheck
	install -Dm644 cli/completions/mailcheck.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/mailcheck.fish
clean:
	rm -rf build mailcheck

-include $(shell find $(B) -name '*.d' 2>/dev/null)
