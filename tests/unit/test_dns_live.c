/* SPDX-License-Identifier: ISC */
/*
 * The live resolver against a name server of this test: a child process on a loopback port that
 * answers by the first label of the name, well or badly.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <unistd.h>
#include <poll.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/dns/dns.h"

static int udp_fd, tcp_fd;
static pid_t server_pid;
static char server_name[32];

/* --- the server */

struct wire {
	uint8_t at[4096];
	size_t len;
};

static void put(struct wire *w, const void *bytes, size_t len)
{
	memcpy(w->at + w->len, bytes, len);
	w->len += len;
}

static void put_name(struct wire *w, const char *name)
{
	while (*name) {
		size_t len = strcspn(name, ".");
		uint8_t label = (uint8_t)len;

		put(w, &label, 1);
		put(w, name, len);
		name += len + (name[len] == '.');
	}
	put(w, "", 1);
}

static void put_rr(struct wire *w, const char *name, int type, const void *data, size_t len)
{
	uint8_t head[10] = {0, (uint8_t)type, 0, 1, 0, 0, 0, 60, (uint8_t)(len >> 8), (uint8_t)len};

	put_name(w, name);
	put(w, head, sizeof head);
	put(w, data, len);
}

static void put_alias(struct wire *w, const char *name, const char *target)
{
	struct wire data = {.len = 0};

	put_name(&data, target);
	put_rr(w, name, DNS_CNAME, data.at, data.len);
}

enum { RCODE = 3, ANCOUNT = 7, NSCOUNT = 9 };

static bool is(const char *name, const char *label)
{
	return !strncmp(name, label, strlen(label)) && name[strlen(label)] == '.';
}

/* Fills the reply to the query in *W (header and question are kept). False: no reply. */
static bool reply(struct wire *w, const char *name, int type, bool tcp)
{
	static int drops;
	uint8_t *h = w->at;

	h[2] = 0x84, h[3] = 0, h[11] = 0; /* QR, AA; no additional data */
	if (is(name, "txt")) {
		h[ANCOUNT] = 2;
		put_rr(w, name, DNS_TXT, "\3a\0b\1\xff", 6);
		put_rr(w, name, DNS_TXT, "\1z", 2);
	} else if (is(name, "gone")) {
		h[RCODE] = 3;
	} else if (is(name, "none")) {
		;
	} else if (is(name, "fail")) {
		h[RCODE] = 2;
	} else if (is(name, "refused")) {
		h[RCODE] = 5;
	} else if (is(name, "old") && w->at[2 + 9] == 0) {
		h[RCODE] = 1;
	} else if (is(name, "lame")) {
		h[2] = 0x80, h[NSCOUNT] = 1;
		put_rr(w, "test", DNS_NS, "\1a\4test", 8);
	} else if (is(name, "alias")) {
		h[ANCOUNT] = 2;
		put_alias(w, name, "txt2.test");
		put_rr(w, "txt2.test", DNS_TXT, "\1q", 2);
	} else if (is(name, "far")) { /* the target is another server's: only the alias is said */
		h[ANCOUNT] = 1;
		put_alias(w, name, "txt.test");
	} else if (is(name, "lost")) {
		h[ANCOUNT] = 1, h[RCODE] = 3;
		put_alias(w, name, "gone.test");
	} else if (is(name, "loop")) {
		h[ANCOUNT] = 2;
		put_alias(w, name, "pool.test");
		put_alias(w, "pool.test", name);
	} else if (is(name, "cut")) {
		if (!tcp)
			h[2] |= 2;
		h[ANCOUNT] = tcp;
		if (tcp)
			put_rr(w, name, DNS_TXT, "\3tcp", 4);
	} else if (is(name, "drop")) { /* every second time */
		h[ANCOUNT] = 1;
		put_rr(w, name, DNS_TXT, "\1d", 2);
		return ++drops % 2 == 0;
	} else if (is(name, "wrong")) {
		h[1] ^= 1;
		h[ANCOUNT] = 1;
		put_rr(w, name, DNS_TXT, "\1w", 2);
	} else if (is(name, "junk")) {
		w->len = 2 + (size_t)type % 7;
	} else if (is(name, "other")) { /* records that were not asked for */
		h[ANCOUNT] = 1;
		put_rr(w, "poison.test", DNS_TXT, "\1p", 2);
	} else if (is(name, "short")) { /* counts more than there is */
		h[ANCOUNT] = 3;
		put_rr(w, name, DNS_TXT, "\1s", 2);
	} else {
		return false;
	}
	return true;
}

static bool serve(struct wire *w, bool tcp)
{
	char name[300];
	size_t at = 12, len = 0;

	if (w->len < 17)
		return false;
	while (at < w->len && w->at[at]) {
		memcpy(name + len, w->at + at + 1, w->at[at]);
		len += w->at[at];
		name[len++] = '.';
		at += w->at[at] + 1u;
	}
	name[len ? len - 1 : 0] = 0;
	w->len = at + 5;
	return reply(w, name, w->at[at + 2], tcp);
}

static void serve_tcp(void)
{
	int fd = accept(tcp_fd, NULL, NULL);
	struct wire w = {.len = 0};
	uint8_t size[2];

	if (fd < 0)
		return;
	if (recv(fd, size, 2, MSG_WAITALL) == 2 &&
		recv(fd, w.at, (size_t)size[0] << 8 | size[1], MSG_WAITALL) > 0) {
		w.len = (size_t)size[0] << 8 | size[1];
		if (serve(&w, true)) {
			size[0] = (uint8_t)(w.len >> 8), size[1] = (uint8_t)w.len;
			if (send(fd, size, 1, 0) == 1 &&
				send(fd, size + 1, 1, 0) == 1) /* in pieces */
				send(fd, w.at, w.len, 0);
		}
	}
	close(fd);
}

static _Noreturn void server(void)
{
	for (;;) {
		struct pollfd fds[2] = {{udp_fd, POLLIN, 0}, {tcp_fd, POLLIN, 0}};
		struct sockaddr_in from;
		socklen_t len = sizeof from;
		struct wire w = {.len = 0};

		poll(fds, 2, -1);
		if (fds[1].revents)
			serve_tcp();
		if (!fds[0].revents)
			continue;

		ssize_t got =
			recvfrom(udp_fd, w.at, sizeof w.at, 0, (struct sockaddr *)&from, &len);

		w.len = got > 0 ? (size_t)got : 0;
		if (serve(&w, false))
			sendto(udp_fd, w.at, w.len, 0, (struct sockaddr *)&from, len);
	}
}

static int start_server(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof address;

	(void)state;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int tries = 0; tries < 20; tries++) { /* one port for both */
		address.sin_port = 0;
		udp_fd = socket(AF_INET, SOCK_DGRAM, 0);
		tcp_fd = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(udp_fd, (struct sockaddr *)&address, sizeof address) < 0 ||
			getsockname(udp_fd, (struct sockaddr *)&address, &len) < 0)
			return -1;
		if (!bind(tcp_fd, (struct sockaddr *)&address, sizeof address) &&
			!listen(tcp_fd, 8))
			break;
		close(udp_fd);
		close(tcp_fd);
	}
	snprintf(
		server_name, sizeof server_name, "127.0.0.1#%u", (unsigned)ntohs(address.sin_port));
	server_pid = fork();
	if (!server_pid)
		server();
	close(udp_fd);
	close(tcp_fd);
	return server_pid > 0 ? 0 : -1;
}

static int stop_server(void **state)
{
	(void)state;
	kill(server_pid, SIGKILL);
	return waitpid(server_pid, NULL, 0) == server_pid ? 0 : -1;
}

/* --- the tests */

static const char *record_path(struct arena *arena)
{
	const char *folder = getenv("TMPDIR");
	char *path = arena_printf(arena, "%s/live-XXXXXX", folder ? folder : "/tmp");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	return path;
}

static void describe(struct buffer *out, const struct dns_answer *a)
{
	buffer_printf(out, "%s %s %s", a->name, dns_type_word(a->type), dns_status_word(a->status));
	if (a->detail)
		buffer_printf(out, " (%s)", a->detail);
	if (a->cnames)
		buffer_printf(out, " %u to %s", a->cnames, a->canonical);
	for (size_t i = 0; i < a->count; i++) {
		const struct dns_record *r = &a->record[i];

		buffer_str(out, " [");
		for (size_t k = 0; k < r->txt.len; k++)
			buffer_printf(out, "%02x", r->txt.ptr[k]);
		buffer_printf(out, "]x%zu ttl %u at %lld of %s origin %d", r->strings,
			(unsigned)r->ttl, (long long)r->recorded, r->server, (int)r->origin);
	}
	buffer_char(out, '\n');
}

static const struct {
	const char *name, *said;
} rows[] = {
	{"txt.test", "txt.test TXT found [610062ff]x2 ttl 60 at 1000 of S origin 2 [7a]x1 ttl 60 "
		     "at 1000 of S "
		     "origin 2\n"},
	{"gone.test", "gone.test TXT nxdomain\n"},
	{"none.test", "none.test TXT nodata\n"},
	{"fail.test", "fail.test TXT failed (SERVFAIL)\n"},
	{"refused.test", "refused.test TXT failed (REFUSED)\n"},
	{"lame.test", "lame.test TXT failed (lame)\n"},
	{"alias.test", "alias.test TXT found 1 to txt2.test [71]x1 ttl 60 at 1000 of S origin 2\n"},
	{"far.test", "far.test TXT found 1 to txt.test [610062ff]x2 ttl 60 at 1000 of S origin 2 "
		     "[7a]x1 ttl 60 "
		     "at 1000 of S origin 2\n"},
	{"lost.test", "lost.test TXT nxdomain 1 to gone.test\n"},
	{"loop.test", "loop.test TXT failed (CNAME loop) 16 to loop.test\n"},
	{"cut.test", "cut.test TXT found [746370]x1 ttl 60 at 1000 of S origin 2\n"},
	{"drop.test", "drop.test TXT found [64]x1 ttl 60 at 1000 of S origin 2\n"},
	{"wrong.test", "wrong.test TXT failed (timeout)\n"},
	{"junk.test", "junk.test TXT failed (timeout)\n"},
	{"other.test", "other.test TXT nodata\n"},
	{"poison.test", "poison.test TXT failed (timeout)\n"},
	{"short.test", "short.test TXT failed (timeout)\n"},
	{"slow.test", "slow.test TXT failed (timeout)\n"},
};

static void ask_all(struct dns *dns, struct buffer *out)
{
	struct arena *arena = arena_new();
	struct dns_log log;

	dns_log_init(&log, arena, dns);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		describe(out, dns_lookup(&log, rows[i].name, DNS_TXT, "test"));
	arena_free(arena);
}

/* RET without the port, which is another each time. */
static void compare(const struct buffer *out)
{
	struct arena *arena = arena_new();
	struct buffer expected = BUFFER_INIT, got = BUFFER_INIT;
	struct span text = buffer_view(out), server = span_of(server_name);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		buffer_str(&expected, rows[i].said);
	while (text.len) {
		size_t at = span_find(text, server, 0);

		buffer_span(&got, span_sub(text, 0, at));
		if (at < text.len)
			buffer_char(&got, 'S');
		text = at < text.len ? span_skip(text, at + server.len) : SPAN_NONE;
	}
	assert_string_equal(buffer_text(&got), buffer_text(&expected));
	buffer_release(&expected);
	buffer_release(&got);
	arena_free(arena);
}

/* Live, asked again, and replayed: the same to the byte. */
static void replays_what_it_recorded(void **state)
{
	struct arena *arena = arena_new();
	const char *path = record_path(arena);
	struct live_options options = {
		.server = server_name, .record = path, .now = 1000, .timeout_ms = 150, .tries = 2};
	struct error error = {0};
	struct buffer live = BUFFER_INIT, again = BUFFER_INIT, replay = BUFFER_INIT;
	struct dns *dns = live_open(&options, &error);
	size_t problems;

	(void)state;
	assert_non_null(dns);
	ask_all(dns, &live);
	compare(&live);
	ask_all(dns, &again);
	assert_string_equal(buffer_text(&live), buffer_text(&again));
	assert_int_equal(live_flush(dns, &error), 0);
	dns_free(dns);

	dns = snapshot_load(&path, 1, NULL, &error);
	assert_non_null(dns);
	snapshot_problems(dns, &problems);
	assert_int_equal(problems, 0);
	ask_all(dns, &replay);
	assert_string_equal(buffer_text(&live), buffer_text(&replay));
	assert_int_equal(snapshot_recorded(dns), 1000);
	dns_free(dns);
	unlink(path);
	buffer_release(&live);
	buffer_release(&again);
	buffer_release(&replay);
	arena_free(arena);
}

/* A file that ends in the middle of a line, within a window, is appended to without harm. */
static void appends_to_a_snapshot(void **state)
{
	struct arena *arena = arena_new();
	const char *path = record_path(arena);
	struct live_options options = {
		.server = server_name, .record = path, .now = 1000, .timeout_ms = 150, .tries = 1};
	struct error error = {0};
	FILE *file = fopen(path, "w");
	struct dns_log log;

	(void)state;
	fputs(";@ window 2020-01-01 - old\ns._domainkey.test. TXT old", file);
	fclose(file);

	struct dns *dns = live_open(&options, &error);

	dns_log_init(&log, arena, dns);
	dns_lookup(&log, "txt._domainkey.test", DNS_TXT, "");
	assert_int_equal(live_flush(dns, &error), 0);
	dns_free(dns);
	dns = snapshot_load(&path, 1, NULL, &error);
	dns_log_init(&log, arena, dns);

	const struct dns_answer *a = dns_lookup(&log, "s._domainkey.test", DNS_TXT, "");
	const struct dns_answer *b = dns_lookup(&log, "txt._domainkey.test", DNS_TXT, "");

	assert_string_equal(a->record->window_source, "old");
	assert_int_equal(b->count, 2);
	assert_null(b->record->window_source);
	dns_free(dns);
	unlink(path);
	arena_free(arena);
}

static void refuses_bad_servers(void **state)
{
	static const char *const bad[] = {"", "#53", "ns.example.org", "127.0.0.1#x", "127.0.0.1#",
		"127.0.0.1#99999", "1.2.3.4.5", "::1::#53", "127.0.0.1#53#54"};
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct live_options options = {.server = bad[i]};
		struct dns *dns = live_open(&options, &error);

		if (dns)
			fail_msg("'%s' was taken for a server", bad[i]);
	}

	struct live_options options = {.server = "::1#5353", .record = "/nonexistent/file"};

	assert_null(live_open(&options, &error));
	assert_string_equal(
		error.text, "cannot open '/nonexistent/file': No such file or directory");
	options.record = NULL;

	struct dns *dns = live_open(&options, &error);

	assert_non_null(dns);
	dns_free(dns);
}

static void says_what_could_not_be_written(void **state)
{
	struct arena *arena = arena_new();
	struct live_options options = {.server = server_name,
		.record = "/dev/full",
		.now = 1000,
		.timeout_ms = 150,
		.tries = 1};
	struct error error = {0};
	struct dns *dns = live_open(&options, &error);
	struct dns_log log;

	(void)state;
	assert_non_null(dns);
	dns_log_init(&log, arena, dns);
	assert_int_equal(dns_lookup(&log, "txt.test", DNS_TXT, "")->status, DNS_FOUND);
	assert_int_equal(live_flush(dns, &error), -1);
	assert_string_equal(error.text, "cannot write '/dev/full': No space left on device");
	dns_free(dns);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replays_what_it_recorded),
		cmocka_unit_test(appends_to_a_snapshot),
		cmocka_unit_test(refuses_bad_servers),
		cmocka_unit_test(says_what_could_not_be_written),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
