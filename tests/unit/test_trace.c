/* SPDX-License-Identifier: ISC */
/* Addresses, single Received fields, recorded results, rewritten addresses, and times in
 * identifiers. */
#include <stdarg.h>
#include <stdio.h>

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/trace/build.h"

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

static void same(const char *where, const char *what, const char *want, const char *got)
{
	if ((!want && got) || (want && (!got || strcmp(want, got) != 0)))
		fail_msg("%s: %s: want '%s' got '%s'", where, what, want ? want : "(null)",
			got ? got : "(null)");
}

static void test_ip(void **state)
{
	static const struct {
		const char *text, *want;
		bool is_public;
	} row[] = {
		{"192.0.2.1", "192.0.2.1", true}, /* RFC 5737: counts as public here */
		{"[198.51.100.7]", "198.51.100.7", true},
		{"IPv6:2001:DB8::1", "2001:db8::1", true},
		{"[IPv6:::1]", "::1", false},
		{"IPv6:::1", "::1", false},
		{"::ffff:192.0.2.3", "192.0.2.3", true}, /* RFC 4291 2.5.5.2 */
		{"fe80::1%eth0", "fe80::1", false},
		{"10.1.2.3", "10.1.2.3", false},
		{"172.31.255.255", "172.31.255.255", false},
		{"172.32.0.0", "172.32.0.0", true},
		{"100.64.0.1", "100.64.0.1", false}, /* RFC 6598 */
		{"100.128.0.1", "100.128.0.1", true},
		{"169.254.1.1", "169.254.1.1", false},
		{"224.0.0.1", "224.0.0.1", false},
		{"0.0.0.0", "0.0.0.0", false},
		{"::", "::", false},
		{"fd00::1", "fd00::1", false},
		{"fec0::1", "fec0::1", false},
		{"256.1.1.1", NULL, false},
		{"1.2.3", NULL, false},
		{"01.2.3.4", NULL, false},
		{"", NULL, false},
		{"[]", NULL, false},
		{"mail.example", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ip ip = ip_parse(span_of(row[i].text));

		same(row[i].text, "text", row[i].want, ip_text(arena, &ip));
		if (ip_public(&ip) != row[i].is_public)
			fail_msg("%s: public", row[i].text);
	}
}

static void test_cidr(void **state)
{
	static const struct {
		const char *net, *ip;
		bool ok, within;
	} row[] = {
		{"192.0.2.0/24", "192.0.2.255", true, true},
		{"192.0.2.0/24", "192.0.3.0", true, false},
		{"192.0.2.0/25", "192.0.2.128", true, false},
		{"0.0.0.0/0", "203.0.113.1", true, true},
		{"2001:db8::/33", "2001:db8:7fff::1", true, true},
		{"2001:db8::/33", "2001:db8:8000::", true, false},
		{"192.0.2.1", "192.0.2.1", true, true},
		{"192.0.2.0/33", "192.0.2.1", false, false},
		{"2001:db8::/32", "192.0.2.1", true, false},
		{"host/24", "192.0.2.1", false, false},
		{"192.0.2.0/", "192.0.2.1", false, false},
		{"192.0.2.0/-1", "192.0.2.1", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ip net, ip = ip_parse(span_of(row[i].ip));
		unsigned bits;
		bool ok = ip_parse_cidr(span_of(row[i].net), &net, &bits);

		if (ok != row[i].ok || (ok && ip_within(&ip, &net, bits) != row[i].within))
			fail_msg("%s with %s", row[i].net, row[i].ip);
	}
}

struct form {
	const char *field, *helo, *rdns, *ip, *by, *with, *id, *for_address, *envelope_from, *tls,
		*family;
	int64_t time; /* seconds since 1970; TIME_NONE */
	unsigned odd; /* must be set */
};

/* Written for this test after the documentation of the servers, with names of RFC 2606 and
 * addresses of RFC 5737. */
static const struct form forms[] = {
	/* RFC 5321 4.4 */
	{"from a.example (b.example [192.0.2.1]) by c.example via TCP with ESMTP id x1 for "
	 "<u@c.example>; Thu, 1 Jan 1970 00:00:10 "
	 "+0000",
		"a.example", "b.example", "192.0.2.1", "c.example", "ESMTP", "x1", "u@c.example",
		NULL, NULL, NULL, 10, 0},
	/* Postfix with TLS */
	{"from a.example (unknown [IPv6:2001:db8::5])\r\n\t(using TLSv1.3 with cipher "
	 "TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t "
	 "key-exchange X25519)\r\n\t(No client certificate requested)\r\n\tby c.example (Postfix) "
	 "with ESMTPS id 4F3D21234\r\n\tfor "
	 "<u@c.example>; Thu,  1 Jan 1970 01:00:10 +0100 (CET)",
		"a.example", NULL, "2001:db8::5", "c.example", "ESMTPS", "4F3D21234", "u@c.example",
		NULL, "TLSv1.3", "Postfix", 10, 0},
	/* Exim */
	{"from b.example ([192.0.2.1]:4711 helo=a.example)\n by c.example with esmtpsa "
	 "(TLS1.2:ECDHE_RSA_AES_128_GCM_SHA256:128)\n "
	 "(Exim 4.86) (envelope-from <s@a.example>)\n id 1pABCD-00012E-XX; Thu, 01 Jan 1970 "
	 "00:00:10 +0000",
		"a.example", "b.example", "192.0.2.1", "c.example", "esmtpsa", "1pABCD-00012E-XX",
		NULL, "s@a.example", "TLS1.2", "Exim", 10, 0},
	/* qmail */
	{"from b.example (HELO a.example) (user@192.0.2.1)\n  by c.example with SMTP; 1 Jan 1970 "
	 "00:00:10 -0000",
		"a.example", "b.example", "192.0.2.1", "c.example", "SMTP", NULL, NULL, NULL, NULL,
		"qmail", 10, 0},
	{"(qmail 7 invoked from network); 1 Jan 1970 00:00:10 -0000", NULL, NULL, NULL, NULL, NULL,
		NULL, NULL, NULL, NULL, "qmail", 10, HOP_LOCAL},
	/* Sendmail, reverse name that may be forged */
	{"from a.example (ident@b.example [192.0.2.1] (may be forged)) by c.example "
	 "(8.14.4/8.14.4) with ESMTP id f891keXX012345; Thu, 1 "
	 "Jan 1970 00:00:10 GMT",
		"a.example", "b.example", "192.0.2.1", "c.example", "ESMTP", "f891keXX012345", NULL,
		NULL, NULL, "Sendmail", 10, 0},
	/* Exchange */
	{"from A.prod.outlook.com (2001:db8::1)\r\n by B.prod.outlook.com (2001:db8::2) with "
	 "Microsoft SMTP\r\n Server "
	 "(version=TLS1_2, cipher=TLS_ECDHE) id 15.20.1.2 via Frontend\r\n Transport; Thu, 1 Jan "
	 "1970 00:00:10 +0000",
		"A.prod.outlook.com", NULL, "2001:db8::1", "B.prod.outlook.com",
		"Microsoft SMTP Server", "15.20.1.2", NULL, NULL, "TLS1_2", "Exchange", 10, 0},
	/* upper case, no semicolon, an offset of three digits */
	{"FROM a.example BY c.example WITH SMTP Thu, 1 Jan 1970 00:00:10 +0000", "a.example", NULL,
		NULL, "c.example", "SMTP", NULL, NULL, NULL, NULL, NULL, 10, HOP_NO_SEMICOLON},
	/* unbalanced parentheses on either side */
	{"from a.example (b.example [192.0.2.1] by c.example with ESMTP id 7; Thu, 1 Jan 1970 "
	 "00:00:10 +0000",
		"a.example", NULL, "192.0.2.1", "c.example", "ESMTP", "7", NULL, NULL, NULL, NULL,
		10, HOP_UNBALANCED},
	{"from a.example (b.example [192.0.2.1])) by c.example with ESMTP id 7; Thu, 1 Jan 1970 "
	 "00:00:10 +0000",
		"a.example", "b.example", "192.0.2.1", "c.example", "ESMTP", "7", NULL, NULL, NULL,
		NULL, 10, HOP_UNBALANCED},
	/* domains that end like keywords, a semicolon inside a comment */
	{"from mail.example.by (mail.example.by [192.0.2.1]) (a; b) by relay.example.id with LMTP; "
	 "Thu, 1 Jan 1970 00:00:10 +0000",
		"mail.example.by", "mail.example.by", "192.0.2.1", "relay.example.id", "LMTP", NULL,
		NULL, NULL, NULL, NULL, 10, 0},
	/* a quote or an angle around what looks like the end; text behind the date and before it */
	{"from a.example by c.example with SMTP \"x; Thu, 1 Jan 1970 00:00:10 +0000\"", "a.example",
		NULL, NULL, "c.example", "SMTP", NULL, NULL, NULL, NULL, NULL, TIME_NONE,
		HOP_NO_SEMICOLON | HOP_NO_DATE},
	{"from a.example by c.example with SMTP <x; Thu, 1 Jan 1970 00:00:10 +0000", "a.example",
		NULL, NULL, "c.example", "SMTP", NULL, NULL, NULL, NULL, NULL, 10, 0},
	{"from a.example by c.example with SMTP; Thu, 1 Jan 1970 00:00:10 +0000 (GMT)\r\n"
	 " (envelope-from <s@example.org>)",
		"a.example", NULL, NULL, "c.example", "SMTP", NULL, NULL, "s@example.org", NULL,
		NULL, 10, 0},
	{"from a.example by c.example with SMTP; ) Thu, 1 Jan 1970 00:00:10 +0000", "a.example",
		NULL, NULL, "c.example", "SMTP", NULL, NULL, NULL, NULL, NULL, 10, HOP_UNBALANCED},
	/* an address that is none */
	{"from a.example (b.example [300.1.2.3]) by c.example; Thu, 1 Jan 1970 00:00:10 +0000",
		"a.example", "b.example", NULL, "c.example", NULL, NULL, NULL, NULL, NULL, NULL, 10,
		HOP_BAD_IP},
	/* fetched, local, no date, nothing */
	{"from pop.example [192.0.2.1] by localhost with POP3 (fetchmail-6.3.8) for <u@localhost> "
	 "(single-drop); Thu, 1 Jan 1970 00:00:10 "
	 "+0000",
		"pop.example", NULL, "192.0.2.1", "localhost", "POP3", NULL, "u@localhost", NULL,
		NULL, "fetchmail", 10, HOP_NOT_SMTP},
	{"from joe by c.example with local (Exim 4.96) id 1pXYZ0-000ABC-De", NULL, NULL, NULL,
		"c.example", "local", "1pXYZ0-000ABC-De", NULL, NULL, NULL, "Exim", TIME_NONE,
		HOP_LOCAL | HOP_NO_DATE},
	{"", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIME_NONE,
		HOP_UNPARSED | HOP_NO_DATE},
	{"((((((((((", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, TIME_NONE,
		HOP_UNPARSED | HOP_UNBALANCED},
};

static void test_received(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *f = &forms[i];
		struct hop hop = hop_parse(arena, span_of(f->field));

		same(f->field, "helo", f->helo, hop.helo);
		same(f->field, "rdns", f->rdns, hop.rdns);
		same(f->field, "ip", f->ip, hop.ip);
		same(f->field, "by", f->by, hop.by);
		same(f->field, "with", f->with, hop.with);
		same(f->field, "id", f->id, hop.id);
		same(f->field, "for", f->for_address, hop.for_address);
		same(f->field, "envelope-from", f->envelope_from, hop.envelope_from);
		same(f->field, "tls", f->tls, hop.tls);
		same(f->field, "family", f->family, hop.family);
		if (hop.date.time != f->time || (hop.odd & f->odd) != f->odd)
			fail_msg("%s: time %lld, odd %x", f->field, (long long)hop.date.time,
				hop.odd);
	}
}

/* A result as "method=result[reason]{name=value,...}", all of them with a blank between. */
static const char *flat(const struct recorded *rec)
{
	const char *out = "";

	for (size_t i = 0; i < rec->result_count; i++) {
		const struct recorded_result *r = &rec->result[i];

		out = arena_printf(arena, "%s%s%s=%s[%s]{", out, i ? " " : "", r->method, r->result,
			r->reason ? r->reason : "");
		for (size_t k = 0; k < r->property_count; k++)
			out = arena_printf(arena, "%s%s%s=%s", out, k ? "," : "",
				r->property[k].name, r->property[k].value);
		out = arena_printf(arena, "%s}", out);
	}
	return out;
}

static void test_recorded(void **state)
{
	static const struct {
		enum recorded_kind kind;
		const char *value, *id, *want;
		unsigned instance;
		bool malformed;
	} row[] = {
		/* RFC 8601 B.1 to B.7 */
		{RECORDED_AR, " example.org 1; none", "example.org", "", 0, false},
		{RECORDED_AR, "example.com;\r\n spf=pass smtp.mailfrom=example.net", "example.com",
			"spf=pass[]{smtp.mailfrom=example.net}", 0, false},
		{RECORDED_AR,
			"example.com; dkim=pass reason=\"good signature\" "
			"header.i=@mail-router.example.net; dkim=fail "
			"reason=\"bad signature\" header.i=@newyork.example.com",
			"example.com",
			"dkim=pass[good signature]{header.i=@mail-router.example.net} "
			"dkim=fail[bad signature]{header.i=@newyork.example.com}",
			0, false},
		{RECORDED_AR,
			"foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One "
			"yay) = (wait for it) fail\r\n policy "
			"(A dot can go here) . (like that) expired\r\n (this surprised me) = (as I "
			"wasn't expecting it) 1362471462",
			"foo.example.net", "dkim=fail[]{policy.expired=1362471462}", 0, false},
		/* no authserv-id, no blank behind the semicolon, a result of its own, properties
		   without a type */
		{RECORDED_AR,
			"spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=a.example; dkim=none "
			"(message not signed)\r\n "
			"header.d=none;dmarc=bestguesspass action=none "
			"header.from=a.example;compauth=fail reason=001",
			NULL,
			"spf=pass[]{smtp.mailfrom=a.example} dkim=none[]{header.d=none} "
			"dmarc=bestguesspass[]{action=none,header.from=a.example} "
			"compauth=fail[001]{}",
			0, false},
		/* values with "=" and quotes, a semicolon in a comment */
		{RECORDED_AR,
			"mx.example; dkim=pass (2048-bit key; unprotected) header.d=a.example "
			"header.b=\"Ab/==\" header.s=x=y",
			"mx.example", "dkim=pass[]{header.d=a.example,header.b=Ab/==,header.s=x=y}",
			0, false},
		/* what is broken stays readable */
		{RECORDED_AR, "mx.example spf=pass smtp.mailfrom=a.example dkim=fail", "mx.example",
			"spf=pass[]{smtp.mailfrom=a.example} dkim=fail[]{}", 0, true},
		{RECORDED_AR, "mx.example; dkim=pass (never closed", "mx.example", "dkim=pass[]{}",
			0, true},
		{RECORDED_AR, "mx.example; dkim=\"pass", "mx.example", "dkim=pass[]{}", 0, true},
		{RECORDED_AR, "", NULL, "", 0, true},
		/* RFC 8617 4.1.1 */
		{RECORDED_ARC, "i=2; lists.example; arc=none; spf=pass smtp.mfrom=a@b.example",
			"lists.example", "arc=none[]{} spf=pass[]{smtp.mfrom=a@b.example}", 2,
			false},
		{RECORDED_ARC, "lists.example; spf=pass", "lists.example", "spf=pass[]{}", 0, true},
		/* RFC 7208 9.1 */
		{RECORDED_SPF,
			"pass (mybox.example.org: domain of\r\n myname@example.com designates "
			"192.0.2.1 as permitted sender)\r\n "
			"receiver=mybox.example.org; client-ip=192.0.2.1;\r\n "
			"envelope-from=\"myname@example.com\"; helo=foo.example.com;",
			"mybox.example.org",
			"spf=pass[]{receiver=mybox.example.org,client-ip=192.0.2.1,envelope-from="
			"myname@example.com,helo=foo.example.com}",
			0, false},
		{RECORDED_SPF, "Fail identity=mailfrom; client-ip=192.0.2.1", NULL,
			"spf=fail[]{identity=mailfrom,client-ip=192.0.2.1}", 0, false},
		{RECORDED_SPF, "()", NULL, "", 0, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct field field = {.value = span_of(row[i].value)};
		struct recorded rec = recorded_parse(arena, &field, row[i].kind);

		same(row[i].value, "authserv-id", row[i].id, rec.authserv_id);
		same(row[i].value, "results", row[i].want, flat(&rec));
		if (rec.instance != row[i].instance || rec.malformed != row[i].malformed)
			fail_msg("%s: instance %u, malformed %d", row[i].value, rec.instance,
				rec.malformed);
	}
}

static void test_decode(void **state)
{
	static const struct {
		const char *address, *want, *coding;
	} row[] = {
		{"SRS0=HHH=TT=a.example=joe@fwd.example", "joe@a.example", "SRS0"},
		{"srs0+HHH=TT=a.example=joe=x@fwd.example", "joe=x@a.example", "SRS0"},
		{"SRS1=GGG=fwd.example==HHH=TT=a.example=joe@second.example", "joe@a.example",
			"SRS1"},
		{"prvs=2345abcdef=joe@a.example", "joe@a.example", "BATV"},
		{"list-bounces+joe=a.example@lists.example", "joe@a.example", "VERP"},
		{"list-return-17-joe=a.example@lists.example", "joe@a.example", "VERP"},
		{"list+bounces-2477-joe+x=a.example@lists.example", "joe+x@a.example", "VERP"},
		{"bounces+12345-ab12-joe-b=a.example@em.b.example", "joe-b@a.example", "VERP"},
		{"bounce-joe=a.example@b.example", "joe@a.example", "VERP"},
		{"news-17-joe=a.example@b.example", "joe@a.example", "VERP"},
		{"list-bounces@lists.example", NULL, NULL},
		{"list-bounces+=a.example@lists.example", NULL, NULL},
		{"joe@a.example", NULL, NULL},
		{"joe=a@b.example", NULL, NULL},
		{"SRS0=x@fwd.example", NULL, NULL},
		{"SRS0@fwd.example", NULL, NULL},
		{"", NULL, NULL},
		{"@", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const char *coding;

		same(row[i].address, "inner", row[i].want,
			envelope_decode(arena, row[i].address, &coding));
		same(row[i].address, "coding", row[i].coding, coding);
	}
	assert_null(envelope_decode(arena, NULL, &(const char *){NULL}));
}

#define BILLION \
	1000000000 /* 2001-09-09T01:46:40Z, in every form below by the definition of the form */

static void test_message_ids(void **state)
{
	static const struct {
		const char *left, *origin;
		int64_t time;
	} row[] = {
		/* RFC 9562 A.1, A.5 and A.6: Tuesday, February 22, 2022 2:22:22 PM GMT-05:00 */
		{"C232AB00-9414-11EC-B3C8-9F6BDECED846", "Message-ID (UUID version 1)", 1645557742},
		{"1EC9414C-232A-6B00-B3C8-9F6BDECED846", "Message-ID (UUID version 6)", 1645557742},
		{"017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "Message-ID (UUID version 7)", 1645557742},
		{"919108f7-52d1-4320-9bac-f847db4148a8", NULL,
			0}, /* RFC 9562 A.3: version 4 holds no time */
		{"E15ftgG-000123-Ab", "Message-ID (exim)", BILLION},
		{"E15ftgG-00000000123-Abcd", "Message-ID (exim)", BILLION},
		{"3B9ACA00.4070306", "Message-ID (mozilla)", BILLION},
		{"20010909.4070306", NULL, 0},
		{"000001c138d1$44ff8000$0100007f", "Message-ID (outlook)", BILLION},
		{"1000000000.1234.56.camel", "Message-ID (evolution)", BILLION},
		{"123.4.1000000000123.JavaMail.root", "Message-ID (javamail)", BILLION},
		{"20010909014640.GA1234", "Message-ID (mutt)", BILLION},
		{"20010909014640.1234-1-a", "Message-ID (git)", BILLION},
		{"20010909014640.4F3D21234", "Message-ID (date)", BILLION},
		{"1234567890.20010909014640", "Message-ID (the bat)", BILLION},
		{"Pine.LNX.4.33.0109090146400.123-100000", "Message-ID (pine)", BILLION},
		{"20010909014640.2clyTD0sf8z1Rk2", "Message-ID (postfix)", BILLION},
		{"20020909014640.2clyTD0sf8z1Rk2", "Message-ID (date)", BILLION + 31536000},
		{"200109090146.RAA012345", "Message-ID (date)", BILLION - 40},
		{"200109090146.f891keXX012345", "Message-ID (sendmail)", BILLION},
		/* 18:46 in California is 01:46 UTC in summer; half an hour is the mean of both */
		{"57a815bf0109081846m64240421gb35ea52e101aedbc@mail.gmail.com",
			"Message-ID (gmail)", BILLION - 40 + 1800},
		{"57a815bf0109081846m64240421gb35ea52e101aedbc@b.example", NULL, 0},
		{"57a815bf0113081846m64240421gb35ea52e101aedbc@mail.gmail.com", NULL, 0},
		{"CAHk0Zm1nE2bZ1Q=_x@mail.gmail.com", NULL, 0},
		{"20011309014640.1", NULL, 0},
		{"deadbeef", NULL, 0},
		{"", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct clock clock = {0};
		struct span id = span_of(row[i].left);
		size_t at = span_rchr(id, '@');
		bool ok = clock_message_id(span_sub(id, 0, at), span_skip(id, at + 1), &clock);

		if (ok != (row[i].origin != NULL))
			fail_msg("%s: %d", row[i].left, ok);
		if (ok) {
			same(row[i].left, "origin", row[i].origin, clock.origin);
			assert_int_equal(clock.time, row[i].time);
		}
	}
}

/*
 * Made from FILETIMEs after [MS-OXOMSG] 2.2.1.3: the conversation begins at BILLION; the older
 * layout's answers follow 600 s and three years later, the specified layout's 600 s, 90,000 s and,
 * by a clock that was an hour behind, 86,400 s later.
 */
static void test_thread_index(void **state)
{
	static const struct {
		const char *value;
		size_t count;
		int64_t after[4];
		size_t from, len; /* place of the last */
	} row[] = {
		{"AcE40UT/AAECAwQFBgcICQoLDA0ODw==", 1, {0}, 0, 8},
		{"AQHBONFEAAECAwQFBgcICQoLDA0ODw==", 1, {0}, 0, 8},
		{"AcE40UT/AAECAwQFBgcICQoLDA0ODwAAWWgAhrjo1AA=", 3, {0, 600, 94608600}, 36, 8},
		{"AQHBONFEAAECAwQFBgcICQoLDA0OD/7vM7IAgAGgTQD//+89AA==", 4, {0, 600, 90000, 86400},
			40, 12},
		{" AQHBONFEAAECAwQF\r\n BgcICQoLDA0ODw==", 1, {0}, 1, 35},
		{"AQHBONFEAAECAwQFBgcICQoLDA0O", 0, {0}, 0, 0}, /* too short */
		{"AAHBONFEAAECAwQFBgcICQoLDA0ODw==", 0, {0}, 0, 0},
		{"AQEAAAAAAAECAwQFBgcICQoLDA0ODw==", 0, {0}, 0, 0}, /* long before 1985 */
		{"!", 0, {0}, 0, 0},
		{"", 0, {0}, 0, 0},
	};
	struct clock clock[8];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct span value = span_of(row[i].value);
		size_t count = clock_thread_index(arena, value, clock, 8);

		if (count != row[i].count)
			fail_msg("%s: %zu", row[i].value, count);
		for (size_t k = 0; k < count; k++) {
			int64_t want = BILLION + row[i].after[k];

			if (clock[k].time > want || clock[k].time < want - 2)
				fail_msg("%s: clock %zu is %lld", row[i].value, k,
					(long long)clock[k].time);
		}
		if (count) {
			assert_int_equal(clock[count - 1].where.ptr - value.ptr, row[i].from);
			assert_int_equal(clock[count - 1].where.len, row[i].len);
		}
	}
	/* no more than asked for */
	assert_int_equal(
		clock_thread_index(arena,
			SPAN("AQHBONFEAAECAwQFBgcICQoLDA0OD/7vM7IAgAGgTQD//+89AA=="), clock, 2),
		2);
}

/* As the programs name themselves: Mutt's and Alpine's --version, Mozilla's user agent strings,
 * exmh's and mailx's sources, the release dates of Lotus Notes. */
static void test_programs(void **state)
{
	static const struct {
		const char *name;
		int64_t day; /* since 1970; 0: none */
		const char *where;
	} row[] = {
		{"Mutt/1.10.1 (2018-07-13)", 17725, "2018-07-13"},
		{"Mutt/1.5.17+20080114 (2008-01-14)", 13892, "2008-01-14"},
		{"NeoMutt/20231103", 19664, "20231103"},
		{"NeoMutt/20180716-391-311a52", 17728, "20180716"},
		{"Alpine 2.21 (LSU 202 2017-01-01)", 17167, "2017-01-01"},
		{"Thunderbird 2.0.0.22 (X11/20090625)", 14420, "20090625"},
		{"Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.9.1.5) Gecko/20091130 "
		 "Thunderbird/3.0",
			14578, "20091130"},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Thunderbird/102.6", 0,
			NULL},
		{"Coremail Webmail Server Version XT5.0.10 build 20190724(ac680a23)", 18101,
			"20190724"},
		{"exmh version 2.5 07/13/2001 with nmh-1.0.4", 11516, "07/13/2001"},
		{"exmh version 2.0zeta 7/24/97", 10066, "7/24/97"},
		{"Heirloom mailx 12.4 7/29/08", 14089, "7/29/08"},
		{"Lotus Notes Release 6.5.4 March 27, 2005", 12869, "March 27, 2005"},
		{"IBM Notes Release 9.0.1 October 14, 2013", 15992, "October 14, 2013"},
		{"Sun Java(tm) System Messenger Express 6.2-3.04 (built Jul 15 2005)", 12979,
			"Jul 15 2005"},
		{"Microsoft Outlook 16.0", 0, NULL},
		{"Microsoft-MacOutlook/16.42.20101102", 0, NULL},
		{"Apple Mail (2.3654.120.0.1.13)", 0, NULL},
		{"Mutt/1.10.1 (2018-13-13)", 0, NULL},
		{"Mutt/1.10.1 (2018-02-30)", 0, NULL},
		{"Mutt/1.5.0 [-1214711651]", 0, NULL},
		{"NeoMutt/202311031", 0, NULL},
		{"git-send-email 2.37.2.789.g6183377224-goog", 0, NULL},
		{"", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct clock clock;
		bool ok = clock_program(span_of(row[i].name), &clock);

		if (ok != (row[i].day != 0))
			fail_msg("%s: %d", row[i].name, ok);
		if (!ok)
			continue;
		same(row[i].name, "where", row[i].where, arena_text(arena, clock.where));
		if (clock.time != row[i].day * 86400)
			fail_msg("%s: %lld", row[i].name, (long long)clock.time / 86400);
	}
}

/* Numbers that are times only because the message says so, too. */
static void test_near(void **state)
{
	static const struct {
		const char *text, *where;
		int64_t near, time;
	} row[] = {
		{"a.1000000000.b", "1000000000", BILLION + 3600, BILLION},
		{"a.1000000000.b", NULL, BILLION + 3 * 86400, 0},
		{"a.1000000000.b", NULL, TIME_NONE, 0},
		{"1000000000123-7", "1000000000123", BILLION, BILLION},
		{"7.10000000001", NULL, BILLION, 0},
		{"_=_swift_v4_1000000000_x_=_", "1000000000", BILLION + 86400, BILLION},
		{"123_1000000000_1", "1000000000", BILLION, BILLION},
		/* PHP's uniqid(): eight digits of seconds, five of microseconds */
		{"3b9aca001e240_6007", "3b9aca001e240", BILLION, BILLION},
		{"3b9aca001e24_6007", NULL, BILLION, 0},
		{"", NULL, BILLION, 0},
	};
	struct clock clock;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		bool ok = clock_epoch(span_of(row[i].text), row[i].near, &clock);

		if (ok != (row[i].where != NULL))
			fail_msg("%s: %d", row[i].text, ok);
		if (ok) {
			same(row[i].text, "where", row[i].where, arena_text(arena, clock.where));
			assert_int_equal(clock.time, row[i].time);
		}
	}
	/* 21,692,800 s after 2001, in milliseconds modulo 2^32: 21692800000 - 5 * 2^32 */
	assert_true(clock_apple_boundary(SPAN("Apple-Mail-3-217963520"), BILLION + 86400, &clock));
	assert_int_equal(clock.time, BILLION);
	assert_true(clock_apple_boundary(SPAN("Apple-Mail-12-217963520"), BILLION - 86400, &clock));
	assert_int_equal(clock.time, BILLION);
	/* 2,500,000,000 more do not fit into 31 bits: 2717963520 - 2^32 */
	assert_true(
		clock_apple_boundary(SPAN("Apple-Mail-12--1577003776"), BILLION + 2500000, &clock));
	assert_int_equal(clock.time, BILLION + 2500000);
	assert_false(clock_apple_boundary(SPAN("Apple-Mail-3-217963520"), TIME_NONE, &clock));
	assert_false(clock_apple_boundary(
		SPAN("Apple-Mail=_F1CA573B-BCF5-4EF8-9669-10092D971828"), BILLION, &clock));
	assert_false(clock_apple_boundary(SPAN("Apple-Mail-"), BILLION, &clock));
}

static void test_other_clocks(void **state)
{
	struct clock clock;

	(void)state;
	/* [MS-DTYP] 2.3.3 counts from 1601; 116444736000000000 is 1970 */
	assert_true(clock_boundary(SPAN("----=_NextPart_000_0012_01C138D1.44FF8000"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_false(clock_boundary(SPAN("----=_NextPart_000_0012_67F930CF.41DE386E"), &clock));
	assert_true(clock_boundary(SPAN("000000000000abcdef038d7ea4c6"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_true(clock_boundary(SPAN("----=_Part_12_34567.1000000000999"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_true(clock_boundary(SPAN("----------=_1000000000-1234-0"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_true(clock_boundary(SPAN("1000000000-eximdsn-1234"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_true(clock_boundary(SPAN("4F3D21234.1000000000/mx.example"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_false(clock_boundary(SPAN("===============1000000000=="), &clock));

	assert_true(clock_exim_id(SPAN("15ftgG-000123-Ab"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_false(clock_exim_id(SPAN("15ftgG-000123-A"), &clock));
	assert_true(clock_postfix_id(SPAN("2clyTD0sf8z1Rk2"), &clock));
	assert_int_equal(clock.time, BILLION);
	assert_false(clock_postfix_id(SPAN("4F3D21234"), &clock));
	assert_true(clock_sendmail_id(SPAN("f891keXX012345"), BILLION + 1000, &clock));
	assert_int_equal(clock.time, BILLION);
	assert_false(clock_sendmail_id(SPAN("RAA10694"), BILLION, &clock));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip),
		cmocka_unit_test(test_cidr),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_message_ids),
		cmocka_unit_test(test_thread_index),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_other_clocks),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
