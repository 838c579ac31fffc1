/* SPDX-License-Identifier: ISC */
/* The chain of whole headers: the border, the envelope, delays, gaps, trust in recorded results,
 * clocks. */
#include <stdarg.h>
#include <stdio.h>

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/trace/trace.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct trace *build(const char *header, const struct trust *trust)
{
	struct span raw = span_of(arena_printf(arena, "%s\r\nbody\r\n", header));

	return trace_build(
		arena, message_parse(arena, raw, &(struct message_options){0}), NULL, trust);
}

static void same(const char *where, const char *what, const char *want, const char *got)
{
	if ((!want && got) || (want && (!got || strcmp(want, got) != 0)))
		fail_msg("%s: %s: want '%s' got '%s'", where, what, want ? want : "(null)",
			got ? got : "(null)");
}

#define OUT \
	"Received: from out.sender.example (out.sender.example [192.0.2.9]) by mx.ours.example " \
	"(Postfix) with ESMTP id 1234567; Thu, 1 Jan 2026 00:01:00 +0000 (UTC)\r\n"
#define FILTER_IN \
	"Received: from mx.ours.example ([127.0.0.1]) by localhost (mx.ours.example [127.0.0.1]) " \
	"(amavisd-new, port 10024) with ESMTP id abc; Thu, 1 Jan 2026 00:01:01 +0000 (UTC)\r\n"
#define FILTER_OUT \
	"Received: from localhost (localhost [127.0.0.1]) by mx.ours.example (Postfix) with " \
	"ESMTP id 1234568; Thu, 1 Jan 2026 00:01:02 +0000 (UTC)\r\n"
#define STORE \
	"Received: from mx.ours.example (mx.ours.example [198.51.100.1]) by store.ours.example " \
	"(Postfix) with ESMTP id 1234569; Thu, 1 Jan 2026 00:01:03 +0000 (UTC)\r\n"
#define LMTP \
	"Received: from store.ours.example ([unix socket]) by store.ours.example (Cyrus v2.4) " \
	"with LMTPA; Thu, 1 Jan 2026 00:01:04 +0000\r\n"
#define FORGED \
	"Received: from bank.example (bank.example [203.0.113.5]) by mx.ours.example (Postfix) " \
	"with ESMTP id 7654321; Thu, 1 Jan 2026 00:00:30 +0000 (UTC)\r\n"
#define FORWARD \
	"Received: from fwd.example (fwd.example [198.51.100.77]) by mx.ours.example (Postfix) " \
	"with ESMTP id 2345678; Thu, 1 Jan 2026 00:02:00 +0000 (UTC)\r\n"
#define AT_FORWARDER \
	"Received: from out.sender.example (out.sender.example [192.0.2.9]) by fwd.example " \
	"(Postfix) with ESMTP id 3456789; Thu, 1 Jan 2026 00:01:00 +0000 (UTC)\r\n"
#define FETCHED \
	"Received: from pop.ours.example [203.0.113.99] by laptop with POP3 (fetchmail-6.4) for " \
	"<u@laptop> (single-drop); Thu, 1 Jan 2026 00:05:00 +0000 (UTC)\r\n"

#define FRONTEND(address) \
	"Received: from AB1EUR01FT001.eop-EUR01.prod.protection.outlook.com (" address ") by " \
	"CD2P123CA0001.outlook.office365.com (2603:10a6:1::2) with Microsoft SMTP Server id " \
	"15.20.1.2 via Frontend Transport; Thu, 1 Jan 2026 00:03:00 +0000\r\n"
#define FRONT_DOOR \
	"Received: from out.sender.example (192.0.2.9) by AB1EUR01FT001.mail.protection.outlook" \
	".com (10.0.0.1) with Microsoft SMTP Server id 15.20.1.2 via Frontend Transport; Thu, 1 " \
	"Jan 2026 00:02:59 +0000\r\n"

static void test_border(void **state)
{
	static const struct {
		const char *name, *header;
		const char *host[4];
		int stated;
		size_t border;
		bool assumed;
		const char *client;
	} row[] = {
		{"one hop", OUT, {"mx.ours.example"}, 0, 1, false, "192.0.2.9"},
		{"a forged line of ours below", OUT FORGED, {"mx.ours.example"}, 0, 1, false,
			"192.0.2.9"},
		{"a suffix covers the name too", OUT, {".ours.example"}, 0, 1, false, "192.0.2.9"},
		{"two own hosts", STORE OUT, {"mx.ours.example", "store.ours.example"}, 0, 2, false,
			"192.0.2.9"},
		{"two own hosts by suffix", STORE OUT FORGED, {".ours.example"}, 0, 2, false,
			"192.0.2.9"},
		{"an own host by its network", STORE OUT,
			{"store.ours.example", "198.51.100.0/24", "mx.ours.example"}, 0, 2, false,
			"192.0.2.9"},
		{"only the inner host named", STORE OUT, {"store.ours.example"}, 0, 1, false,
			"198.51.100.1"},
		{"content filter", FILTER_OUT FILTER_IN OUT FORGED, {"mx.ours.example"}, 0, 3,
			false, "192.0.2.9"},
		{"local delivery above", LMTP STORE OUT, {".ours.example"}, 0, 3, false,
			"192.0.2.9"},
		{"local delivery by a host not named", LMTP OUT, {"mx.ours.example"}, 0, 2, false,
			"192.0.2.9"},
		{"trusted forwarder", FORWARD AT_FORWARDER, {"mx.ours.example", "fwd.example"}, 0,
			2, false, "192.0.2.9"},
		{"forwarder not trusted", FORWARD AT_FORWARDER, {"mx.ours.example"}, 0, 1, false,
			"198.51.100.77"},
		{"no trust: assumed", FILTER_OUT FILTER_IN OUT FORGED, {NULL}, 0, 3, true,
			"192.0.2.9"},
		{"trust that no line knows", OUT, {"mx.other.example"}, 0, 1, true, "192.0.2.9"},
		{"a stranger's line above ours", FORWARD FORGED, {"fwd.example"}, 0, 1, true,
			"198.51.100.77"},
		{"stated border", FILTER_OUT FILTER_IN OUT FORGED, {"mx.ours.example"}, 4, 4, false,
			"203.0.113.5"},
		{"stated border beyond the end", OUT, {NULL}, 9, 1, false, "192.0.2.9"},
		{"no hop", "From: a@b.example\r\n", {"mx.ours.example"}, 0, 0, false, NULL},
		{"Microsoft's front door hands on", FRONTEND("2a01:111:f403:4b::200") FRONT_DOOR,
			{NULL}, 0, 2, true, "192.0.2.9"},
		{"a stranger with its name", FRONTEND("2001:db8::1") FRONT_DOOR, {NULL}, 0, 1, true,
			"2001:db8::1"},
		{"only private", FILTER_OUT, {NULL}, 0, 0, true, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct trust trust = {.host = row[i].host, .border = row[i].stated};
		const struct trace *t;

		while (trust.host_count < 4 && row[i].host[trust.host_count])
			trust.host_count++;
		t = build(row[i].header, &trust);
		if (t->border != row[i].border || t->border_assumed != row[i].assumed)
			fail_msg("%s: border %zu, assumed %d (%s)", row[i].name, t->border,
				t->border_assumed, t->border_why);
		same(row[i].name, "client", row[i].client, t->client_ip.value);
		for (size_t k = 0; k < t->count; k++)
			assert_int_equal(t->hop[k].trust, k + 1 < t->border    ? HOP_TRUSTED
							  : k + 1 == t->border ? HOP_BORDER
									       : HOP_CLAIMED);
	}
}

static void test_fetched(void **state)
{
	static const char *const host[] = {"mx.ours.example"};
	struct trust trust = {.host = host, .host_count = 1};

	(void)state;
	/* The fetching program names the server that it asked: a public address, and no SMTP
	 * client. */
	assert_int_equal(build(FETCHED OUT, &(struct trust){0})->border, 2);
	/* With trust named too: a line of fetching stands above the server's only where it was
	 * fetched. */
	assert_int_equal(build(FETCHED OUT FORGED, &trust)->border, 2);
	assert_false(build(FETCHED OUT FORGED, &trust)->border_assumed);
	assert_int_equal(build(OUT FETCHED FORGED, &trust)->border, 1);
}

static void test_covers(void **state)
{
	static const char *const host[] = {
		"mx.ours.example", ".lists.example", "192.0.2.0/24", "2001:db8::/32"};
	struct trust trust = {.host = host, .host_count = 4};
	struct ip in = ip_parse(SPAN("192.0.2.77")), out = ip_parse(SPAN("192.0.3.1")),
		  six = ip_parse(SPAN("2001:db8:1::1"));

	(void)state;
	assert_true(trust_covers(&trust, "MX.OURS.EXAMPLE.", NULL));
	assert_false(trust_covers(&trust, "a.mx.ours.example", NULL));
	assert_false(trust_covers(&trust, "evilmx.ours.example", NULL));
	assert_true(trust_covers(&trust, "lists.example", NULL));
	assert_true(trust_covers(&trust, "a.b.lists.example", NULL));
	assert_false(trust_covers(&trust, "evillists.example", NULL));
	assert_true(trust_covers(&trust, NULL, &in));
	assert_false(trust_covers(&trust, NULL, &out));
	assert_true(trust_covers(&trust, NULL, &six));
	assert_true(trust_covers(&trust, "[192.0.2.1]", NULL));
	assert_false(trust_covers(&trust, NULL, NULL));
	assert_false(trust_covers(NULL, "mx.ours.example", &in));
}

#define BORDER_FROM \
	"Received: from out.sender.example ([192.0.2.9]) by mx.ours.example with esmtp (Exim " \
	"4.96) (envelope-from <exim@sender.example>) id 1pABCD-00012E-XX; Thu, 1 Jan 2026 " \
	"00:01:00 +0000\r\n"

static void test_envelope(void **state)
{
	static const char *const host[] = {"mx.ours.example"};
	static const struct {
		const char *name, *header, *option, *want, *origin, *decoded;
	} row[] = {
		{"Return-Path on top", "Return-Path: <a@sender.example>\r\n" OUT, NULL,
			"a@sender.example", "Return-Path", NULL},
		{"null reverse-path", "Return-Path: <>\r\n" OUT, NULL, "", "Return-Path", NULL},
		{"the option decides", "Return-Path: <a@sender.example>\r\n" OUT, "b@other.example",
			"b@other.example", "option", NULL},
		{"Exim's word", BORDER_FROM, NULL, "exim@sender.example", "Received 1", NULL},
		{"a Return-Path that the sender wrote",
			BORDER_FROM "Return-Path: <boss@bank.example>\r\n", NULL,
			"exim@sender.example", "Received 1", NULL},
		{"only one below", OUT "Return-Path: <boss@bank.example>\r\n", NULL,
			"boss@bank.example", "Return-Path (below the border)", NULL},
		{"our own Received-SPF",
			"Received-SPF: pass (x) receiver=mx.ours.example; client-ip=192.0.2.9; "
			"envelope-from=\"s@sender.example\"\r\n" OUT,
			NULL, "s@sender.example", "Received-SPF", NULL},
		{"the sender's Received-SPF does not decide",
			"Return-Path: <a@sender.example>\r\n" OUT
			"Received-SPF: pass (x) receiver=mx.ours.example; "
			"envelope-from=\"boss@bank.example\"\r\n",
			NULL, "a@sender.example", "Return-Path", NULL},
		{"our own Authentication-Results",
			"Authentication-Results: mx.ours.example; spf=pass "
			"smtp.mailfrom=r@sender.example\r\n" OUT,
			NULL, "r@sender.example", "Authentication-Results", NULL},
		{"a domain confirms the path below",
			"Authentication-Results: mx.ours.example; spf=pass "
			"smtp.mailfrom=sender.example\r\n" OUT
			"Return-Path: <u@sender.example>\r\n",
			NULL, "u@sender.example", "Return-Path (below the border)", NULL},
		{"a rewritten sender",
			"Return-Path: <SRS0=HH=TT=a.example=joe@fwd.example>\r\n" OUT, NULL,
			"SRS0=HH=TT=a.example=joe@fwd.example", "Return-Path", "joe@a.example"},
		{"nothing", OUT, NULL, NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct trust trust = {.host = host, .host_count = 1, .mail_from = row[i].option};
		const struct trace *t = build(row[i].header, &trust);

		same(row[i].name, "value", row[i].want, t->mail_from.value);
		same(row[i].name, "origin", row[i].origin, t->mail_from.origin);
		same(row[i].name, "decoded", row[i].decoded, t->mail_from_decoded);
	}
}

static void test_candidates(void **state)
{
	static const char *const host[] = {"mx.ours.example"};
	struct trust trust = {.host = host,
		.host_count = 1,
		.from_line = "From list@sender.example Thu Jan  1 00:01:05 2026"};
	const struct trace *t = build("Return-Path: <a@sender.example>\r\n" BORDER_FROM
				      "X-Envelope-From: <c@sender.example>\r\n",
		&trust);

	(void)state;
	assert_int_equal(t->mail_from_candidate_count, 4);
	assert_string_equal(t->mail_from_candidate[0].value, "a@sender.example");
	assert_string_equal(t->mail_from_candidate[1].value, "exim@sender.example");
	assert_string_equal(t->mail_from_candidate[2].value, "list@sender.example");
	assert_string_equal(t->mail_from_candidate[3].value, "c@sender.example");
}

static void test_recorded_trust(void **state)
{
	static const char *const host[] = {"mx.ours.example"};
	static const struct {
		const char *header;
		bool trusted;
	} row[] = {
		{"Authentication-Results: mx.ours.example; spf=pass\r\n" OUT, true},
		{"Authentication-Results: ours.example; spf=pass\r\n" OUT,
			true}, /* an authserv-id for all hosts */
		{OUT "Authentication-Results: mx.ours.example; spf=pass\r\n", false},
		{"Authentication-Results: mx.other.example; spf=pass\r\n" OUT, false},
		{"Authentication-Results: spf=pass smtp.mailfrom=a.example\r\n" OUT,
			false}, /* no Exchange on the way */
		{"ARC-Authentication-Results: i=1; mx.ours.example; spf=pass\r\n" OUT, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct trust trust = {.host = host, .host_count = 1};
		const struct trace *t = build(row[i].header, &trust);

		assert_int_equal(t->recorded_count, 1);
		if (t->recorded[0].trusted != row[i].trusted)
			fail_msg("%s", row[i].header);
	}
}

static void test_delays(void **state)
{
	const struct trace *t = build(
		"Received: from a.example (a.example [192.0.2.1]) by b.example; Thu, 1 Jan 2026 "
		"00:10:00 +0100\r\n"
		"Received: from c.example (c.example [192.0.2.2]) by d.other; no date at all\r\n"
		"Received: from e.example (e.example [192.0.2.3]) by c.example; Wed, 31 Dec 2025 "
		"23:20:00 +0000\r\n",
		NULL);

	(void)state;
	assert_int_equal(t->count, 3);
	assert_true(t->hop[0].has_delay);
	assert_int_equal(t->hop[0].delay_s,
		-600); /* 23:10 UTC after 23:20 UTC: negative, not a day less ten minutes */
	assert_false(t->hop[1].has_delay);
	assert_false(t->hop[2].has_delay);
	assert_int_equal(t->total_delay_s, -600);
	assert_true(t->hop[1].gap);  /* d.other is not a.example */
	assert_false(t->hop[2].gap); /* c.example is what the line above received from */
}

/* A provider's hosts have several domains; another's name at the same place is a gap. */
static void test_provider_gap(void **state)
{
	static const char *const row[] = {"mx0b-1.pphosted.com", "mx.other.example"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct trace *t = build(
			arena_printf(arena,
				"Received: from %s (%s [192.0.2.1]) by mx.ours.example (Postfix) "
				"with ESMTP id 1234567; Thu, 1 Jan 2026 00:01:00 +0000 (UTC)\r\n"
				"Received: from a.example (a.example [192.0.2.2]) by m1.ppops.net "
				"with ESMTP id 3; Thu, 1 Jan 2026 00:00:00 +0000\r\n",
				row[i], row[i]),
			NULL);

		assert_int_equal(t->hop[1].gap, i == 1);
	}
}

static void test_clocks(void **state)
{
	const struct trace *t = build(OUT
		"DKIM-Signature: v=1; a=rsa-sha256; t=1000000000; x=1000000600; d=a.example\r\n"
		"Message-ID: <3B9ACA00.123@a.example>\r\n"
		"Date: Sun, 09 Sep 2001 01:46:41 +0000\r\n",
		NULL);
	static const char *const want[] = {
		"DKIM t=", "Message-ID (mozilla)", "Date", "DKIM x=", "Received 1"};

	(void)state;
	assert_int_equal(t->clocks.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(t->clocks.clock[i].origin, want[i]);
	assert_int_equal(t->clocks.clock[0].kind, CLOCK_STATED); /* until it is verified */
	assert_int_equal(t->clocks.clock[1].kind, CLOCK_DERIVED);
	assert_int_equal(t->clocks.clock[2].kind, CLOCK_STATED);
}

/* More fields than a message of any use has: counted, not made into hops. */
static void test_limit(void **state)
{
	size_t len = sizeof "Received: by a.example\r\n" - 1, count = LIMIT_RECEIVED + 500;
	uint8_t *raw = arena_bytes(arena, len * count);
	const struct trace *t;

	(void)state;
	for (size_t i = 0; i < count; i++)
		memcpy(raw + i * len, "Received: by a.example\r\n", len);
	t = trace_build(arena,
		message_parse(arena, span_make(raw, len * count), &(struct message_options){0}),
		NULL, NULL);
	assert_int_equal(t->count, LIMIT_RECEIVED);
	assert_true(t->limited);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_border),
		cmocka_unit_test(test_fetched),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_candidates),
		cmocka_unit_test(test_recorded_trust),
		cmocka_unit_test(test_delays),
		cmocka_unit_test(test_provider_gap),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
