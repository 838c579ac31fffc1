/* SPDX-License-Identifier: ISC */
#include "parsers/dns/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	TIMEOUT_MS = 3000,
	TRIES = 2,
	AT_ONCE = 16,
	EDNS_SIZE = 1232, /* fits every path without fragments */
	MESSAGE_MAX = 65535,
	QUERY_MAX = 512,
};

struct question_state {
	int fd;
	bool tcp, connecting, plain; /* plain: without EDNS, for servers that refuse it */
	unsigned asked;              /* times asked in all */
	int64_t deadline;
	uint16_t id;
	uint8_t query[2 + QUERY_MAX]; /* with the length before it, as TCP sends it */
	size_t query_len, sent;
	uint8_t *reply; /* TCP: what has come, with its length */
	size_t got;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- which server */

static int set_server(
	struct exchange_server *server, const char *host, const char *port, struct error *reterr)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *found = NULL;
	uint64_t number;

	if (!span_number(span_of(port), UINT16_MAX, &number) || !number ||
		getaddrinfo(host, port, &hints, &found) || !found)
		return error_set(
			reterr, ERROR_USAGE, "'%.60s#%.10s' is no ADDRESS#PORT", host, port);
	memcpy(&server->address, found->ai_addr, found->ai_addrlen);
	server->len = found->ai_addrlen;
	freeaddrinfo(found);
	snprintf(server->text, sizeof server->text, "%s#%s", host, port);
	return 0;
}

static int system_servers(struct exchange *exchange, struct error *reterr)
{
	ldns_resolver *resolver = NULL;
	ldns_status status = ldns_resolver_new_frm_file(&resolver, NULL);

	if (status != LDNS_STATUS_OK)
		return error_set(reterr, ERROR_SYSTEM, "cannot read the system's name servers: %s",
			ldns_get_errorstr_by_id(status));
	for (size_t i = 0; i < ldns_resolver_nameserver_count(resolver); i++) {
		char *host = ldns_rdf2str(ldns_resolver_nameservers(resolver)[i]);

		if (exchange->servers < EXCHANGE_SERVERS && host &&
			!set_server(&exchange->server[exchange->servers], host, "53", NULL))
			exchange->servers++;
		free(host);
	}
	ldns_resolver_deep_free(resolver);
	if (!exchange->servers)
		return error_set(reterr, ERROR_SYSTEM, "the system names no name server");
	return 0;
}

int exchange_init(struct exchange *exchange, const char *server, struct error *reterr)
{
	char host[72];

	exchange->timeout_ms = exchange->timeout_ms ? exchange->timeout_ms : TIMEOUT_MS;
	exchange->tries = exchange->tries ? exchange->tries : TRIES;
	exchange->at_once = exchange->at_once ? exchange->at_once : AT_ONCE;
	if (exchange->at_once > EXCHANGE_AT_ONCE_MAX)
		exchange->at_once = EXCHANGE_AT_ONCE_MAX;
	exchange->servers = 0;
	if (!server)
		return system_servers(exchange, reterr);

	struct span s = span_of(server);
	size_t hash = span_chr(s, '#');

	if (hash >= sizeof host)
		return error_set(reterr, ERROR_USAGE, "'%.80s' is no ADDRESS#PORT", server);
	memcpy(host, server, hash);
	host[hash] = 0;
	exchange->servers = 1;
	return set_server(exchange->server, host, hash < s.len ? server + hash + 1 : "53", reterr);
}

/* --- one question */

static const struct exchange_server *server_of(
	const struct exchange *exchange, const struct question *q)
{
	return &exchange->server[(q->state->asked - 1) % exchange->servers];
}

static bool make_query(const struct exchange *exchange, struct question *q)
{
	struct question_state *state = q->state;
	ldns_rdf *name = wire_dname(q->name);
	ldns_pkt *packet =
		name ? ldns_pkt_query_new(name, (ldns_rr_type)q->type, LDNS_RR_CLASS_IN, LDNS_RD)
		     : NULL;
	uint8_t *wire = NULL;
	size_t len = 0;

	if (!packet)
		return false;
	ldns_pkt_set_random_id(packet);
	state->id = ldns_pkt_id(packet);
	if (!state->plain) {
		ldns_pkt_set_edns_udp_size(packet, EDNS_SIZE);
		ldns_pkt_set_edns_do(packet, exchange->dnssec);
		ldns_pkt_set_cd(packet, exchange->dnssec);
	}
	if (ldns_pkt2wire(&wire, packet, &len) != LDNS_STATUS_OK || len > QUERY_MAX)
		len = 0;
	ldns_pkt_free(packet);
	if (len) {
		state->query[0] = (uint8_t)(len >> 8);
		state->query[1] = (uint8_t)len;
		memcpy(state->query + 2, wire, len);
	}
	state->query_len = len;
	free(wire);
	return len > 0;
}

static void close_socket(struct question_state *state)
{
	if (state->fd >= 0)
		close(state->fd);
	state->fd = -1;
}

/* Opens a socket of its own (and so a port of its own, RFC 5452 9.2) and sends, or begins to. */
static bool send_query(const struct exchange *exchange, struct question *q)
{
	struct question_state *state = q->state;
	const struct exchange_server *server = server_of(exchange, q);

	close_socket(state);
	state->deadline = now_ms() + exchange->timeout_ms;
	state->sent = state->got = 0;
	q->server = server->text;
	if (!make_query(exchange, q))
		return false;
	state->fd = socket(server->address.ss_family, state->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (state->fd < 0 || fcntl(state->fd, F_SETFL, O_NONBLOCK) < 0 ||
		fcntl(state->fd, F_SETFD, FD_CLOEXEC) < 0)
		return false;
	if (connect(state->fd, (const struct sockaddr *)&server->address, server->len) < 0 &&
		errno != EINPROGRESS)
		return false;
	state->connecting = state->tcp;
	if (state->tcp)
		return true;
	return send(state->fd, state->query + 2, state->query_len, MSG_NOSIGNAL) ==
	       (ssize_t)state->query_len;
}

/* Asks again, at the next server in turn. False where the tries are used up. */
static bool ask_next(const struct exchange *exchange, struct question *q)
{
	struct question_state *state = q->state;

	while (state->asked < exchange->tries * exchange->servers) {
		state->asked++;
		state->tcp = false;
		if (send_query(exchange, q))
			return true;
	}
	close_socket(state);
	q->failure = "timeout";
	return false;
}

static bool ask_tcp(const struct exchange *exchange, struct question *q)
{
	q->state->tcp = true;
	if (!q->state->reply)
		q->state->reply = malloc(2 + MESSAGE_MAX);
	return (q->state->reply && send_query(exchange, q)) || ask_next(exchange, q);
}

static bool matches(const struct question *q, ldns_pkt *packet)
{
	ldns_rr_list *list = ldns_pkt_question(packet);
	ldns_rdf *name;
	bool same;

	if (ldns_pkt_id(packet) != q->state->id || !ldns_pkt_qr(packet))
		return false;
	if (ldns_rr_list_rr_count(list) != 1) /* some refuse without repeating the question */
		return ldns_pkt_get_rcode(packet) != LDNS_RCODE_NOERROR &&
		       ldns_pkt_get_rcode(packet) != LDNS_RCODE_NXDOMAIN;
	name = wire_dname(q->name);
	same = name && ldns_rr_get_type(ldns_rr_list_rr(list, 0)) == (ldns_rr_type)q->type &&
	       ldns_dname_compare(ldns_rr_owner(ldns_rr_list_rr(list, 0)), name) == 0;
	ldns_rdf_deep_free(name);
	return same;
}

/* What came is the answer, or a reason to ask otherwise, or not for us. True while the question
 * stays open. */
static bool take_reply(
	const struct exchange *exchange, struct question *q, const uint8_t *wire, size_t len)
{
	struct question_state *state = q->state;
	ldns_pkt *packet = NULL;

	if (ldns_wire2pkt(&packet, wire, len) != LDNS_STATUS_OK)
		return state->tcp ? ask_next(exchange, q) : true;
	if (!matches(q, packet)) {
		ldns_pkt_free(packet);
		return state->tcp ? ask_next(exchange, q) : true;
	}
	if (ldns_pkt_tc(packet) && !state->tcp) {
		ldns_pkt_free(packet);
		return ask_tcp(exchange, q);
	}
	/* RFC 6891 7: a server that knows no EDNS says FORMERR; NOTIMP is seen too. */
	if (!state->plain && (ldns_pkt_get_rcode(packet) == LDNS_RCODE_FORMERR ||
				     ldns_pkt_get_rcode(packet) == LDNS_RCODE_NOTIMPL)) {
		ldns_pkt_free(packet);
		state->plain = true;
		return send_query(exchange, q) || ask_next(exchange, q);
	}
	close_socket(state);
	q->reply = packet;
	return false;
}

static bool on_udp(const struct exchange *exchange, struct question *q)
{
	static const size_t size = MESSAGE_MAX;
	uint8_t *wire = malloc(size);
	ssize_t len = wire ? recv(q->state->fd, wire, size, 0) : -1;
	bool open = true;

	if (len > 0)
		open = take_reply(exchange, q, wire, (size_t)len);
	else if (len < 0 && errno != EAGAIN && errno != EINTR)
		open = ask_next(exchange, q); /* nobody listens there */
	free(wire);
	return open;
}

static bool send_rest(struct question_state *state)
{
	size_t all = state->query_len + 2;
	ssize_t len = send(state->fd, state->query + state->sent, all - state->sent, MSG_NOSIGNAL);

	if (len < 0)
		return errno == EAGAIN || errno == EINTR;
	state->sent += (size_t)len;
	state->connecting = state->sent < all;
	return true;
}

static bool on_tcp(const struct exchange *exchange, struct question *q)
{
	struct question_state *state = q->state;
	size_t want = 2;
	ssize_t len;

	if (state->connecting)
		return send_rest(state) || ask_next(exchange, q);
	if (state->got >= 2)
		want += (size_t)state->reply[0] << 8 | state->reply[1];
	len = recv(state->fd, state->reply + state->got, want - state->got, 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (len <= 0)
		return ask_next(exchange, q);
	state->got += (size_t)len;
	if (state->got < 2 || (state->got == 2 && want == 2))
		return true;
	if (state->got < want)
		return true;
	return take_reply(exchange, q, state->reply + 2, state->got - 2);
}

/* --- many */

struct run {
	const struct exchange *exchange;
	struct question *question;
	size_t count, next; /* the next to begin */
	struct question *open[EXCHANGE_AT_ONCE_MAX];
	size_t opened;
	int64_t start;
	bool (*done)(void *, struct question *);
	void *data;
	bool stopped;
};

static void end_question(struct run *run, struct question *q)
{
	if (q->state) {
		close_socket(q->state);
		free(q->state->reply);
		free(q->state);
		q->state = NULL;
	}
	if (!run->stopped && !run->done(run->data, q))
		run->stopped = true;
}

/* When the next question may be begun: the rate counts from the start of the run. */
static int64_t next_begin(const struct run *run)
{
	unsigned rate = run->exchange->per_second;

	return rate ? run->start + (int64_t)run->next * 1000 / rate : run->start;
}

static void begin_some(struct run *run)
{
	while (!run->stopped && run->next < run->count && run->opened < run->exchange->at_once &&
		now_ms() >= next_begin(run)) {
		struct question *q = &run->question[run->next++];

		q->reply = NULL;
		q->failure = NULL;
		q->state = calloc(1, sizeof *q->state);
		if (!q->state)
			abort();
		q->state->fd = -1;
		if (ask_next(run->exchange, q))
			run->open[run->opened++] = q;
		else
			end_question(run, q);
	}
}

static int wait_ms(const struct run *run)
{
	int64_t now = now_ms(), until = INT64_MAX;

	for (size_t i = 0; i < run->opened; i++)
		if (run->open[i]->state->deadline < until)
			until = run->open[i]->state->deadline;
	if (run->next < run->count && run->opened < run->exchange->at_once &&
		next_begin(run) < until)
		until = next_begin(run);
	return until <= now ? 0 : until - now > 60000 ? 60000 : (int)(until - now);
}

static bool step(const struct run *run, struct question *q, short events)
{
	if (events)
		return q->state->tcp ? on_tcp(run->exchange, q) : on_udp(run->exchange, q);
	if (now_ms() >= q->state->deadline)
		return ask_next(run->exchange, q);
	return true;
}

static void wait_for_some(struct run *run)
{
	struct pollfd fds[EXCHANGE_AT_ONCE_MAX];
	size_t kept = 0, count = run->opened;

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){run->open[i]->state->fd,
			run->open[i]->state->connecting ? POLLOUT : POLLIN, 0};
	if (poll(fds, (nfds_t)count, wait_ms(run)) < 0)
		for (size_t i = 0; i < count; i++)
			fds[i].revents = 0;
	for (size_t i = 0; i < count; i++) {
		if (step(run, run->open[i], fds[i].revents))
			run->open[kept++] = run->open[i];
		else
			end_question(run, run->open[i]);
	}
	run->opened = kept;
}

void exchange_run(const struct exchange *exchange, struct question *question, size_t count,
	bool (*done)(void *data, struct question *), void *data)
{
	struct run run = {.exchange = exchange,
		.question = question,
		.count = count,
		.start = now_ms(),
		.done = done,
		.data = data};

	for (;;) {
		begin_some(&run);
		if (run.stopped || (!run.opened && run.next == run.count))
			break;
		wait_for_some(&run);
	}
	for (size_t i = 0; i < run.opened; i++)
		end_question(&run, run.open[i]);
}
