/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/arc/arc.h"
#include "parsers/base/encode.h"
#include "parsers/dkim/repair.h"

/* --- DNS of two strings: a name and its record --- */
static const char *const zone[][2] = {
	/* RFC 8463 A.2 */
	{"brisbane._domainkey.football.example.com",
		"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
	{"test._domainkey.football.example.com",
		"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
		"iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
		"DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
		"Ip3G+2kryOTIKT+l/K4w3QIDAQAB"},
	{"gone._domainkey.football.example.com", "v=DKIM1; p="},
	{"test._domainkey.example.com", "v=DKIM1; h=sha1; p=11qY"},
};

static void answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	(void)dns;
	*ret = (struct dns_answer){
		.status = DNS_NOT_RECORDED, .name = name, .canonical = name, .type = type};
	for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
		if (strcmp(zone[i][0], name) == 0) {
			struct dns_record *r = ARENA_NEW(arena, struct dns_record);

			*r = (struct dns_record){.txt = span_of(zone[i][1]),
				.recorded = TIME_NONE,
				.window_from = TIME_NONE,
				.window_to = TIME_NONE,
				.origin = DNS_ORIGIN_SNAPSHOT};
			ret->status = DNS_FOUND;
			ret->record = r;
			ret->count = 1;
		}
}

static void no_free(struct dns *dns)
{
	(void)dns;
}

static const struct dns_ops ops = {answer, no_free};
static struct dns test_dns = {&ops};

struct bench {
	struct arena *arena;
	struct dkim_context *context;
	struct dns_log log;
};

static void bench_open(struct bench *b)
{
	b->arena = arena_new();
	b->context = dkim_context_new();
	dns_log_init(&b->log, b->arena, &test_dns);
}

static void bench_close(struct bench *b)
{
	dkim_context_free(b->context);
	arena_free(b->arena);
}

static const struct dkim *check(
	struct bench *b, const char *raw, int64_t at, enum repair_depth repair)
{
	const struct message *m =
		message_parse(b->arena, span_of(raw), &(struct message_options){.mbox = false});

	return dkim_check(b->arena, m, &b->log, b->context,
		&(struct dkim_options){.at = at, .now = TIME_NONE, .repair = repair});
}

/* RFC 8463 A.3 */
#define SIGNATURES \
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\n" \
	" d=football.example.com; i=@football.example.com;\n" \
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\n" \
	" subject : date : message-id : from : subject : date;\n" \
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\n" \
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\n" \
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\n" \
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n" \
	" d=football.example.com; i=@football.example.com;\n" \
	" q=dns/txt; s=test; t=1528637909; h=from : to : subject :\n" \
	" date : message-id : from : subject : date;\n" \
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\n" \
	" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\n" \
	" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\n" \
	" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\n"
#define FROM \
	"From: Joe SixPack <joe@football.example.com>\nTo: Suzie Q <suzie@shopping.example.net>\n"
#define REST \
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\nMessage-ID: " \
	"<20030712040037.46341.5F8J@football.example.com>\n\n"
#define BODY "Hi.\n\nWe lost the game.  Are you hungry yet?\n\nJoe.\n"
#define SUBJECT "Subject: Is dinner ready?\n"

static void verifies_the_standard_s_example(void **state)
{
	struct bench b;
	const struct dkim *d;

	(void)state;
	bench_open(&b);
	d = check(&b, SIGNATURES FROM SUBJECT REST BODY, TIME_NONE, REPAIR_OFF);
	assert_int_equal(d->count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(d->signature[i].result, RESULT_PASS);
		assert_int_equal(d->signature[i].signature, SIGNATURE_VALID);
		assert_int_equal(d->signature[i].body_hash, BODY_HASH_MATCH);
		assert_int_equal(d->signature[i].oversigned_field_count, 3);
	}
	assert_int_equal(d->signature[1].key.bits, 1024);
	assert_true(d->signature[1].key.problems & KEY_SHORT);
	bench_close(&b);
}

static void tells_which_half_fails(void **state)
{
	static const struct {
		const char *raw;
		enum cause ed25519, rsa;
	} rows[] = {
		{SIGNATURES FROM SUBJECT REST BODY "--\nlist\n", CAUSE_BODY_CHANGED,
			CAUSE_BODY_CHANGED},
		{SIGNATURES FROM "Subject: [x] Is dinner ready?\n" REST BODY, CAUSE_HEADER_CHANGED,
			CAUSE_HEADER_CHANGED},
		{SIGNATURES FROM "Subject: other\n" REST "other\n", CAUSE_BOTH_CHANGED,
			CAUSE_BOTH_CHANGED},
	};
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct dkim *d = check(&b, rows[i].raw, TIME_NONE, REPAIR_OFF);

		assert_int_equal(d->signature[0].cause, rows[i].ed25519);
		assert_int_equal(d->signature[1].cause, rows[i].rsa);
		assert_int_equal(d->signature[0].result, RESULT_FAIL);
		assert_true(d->signature[1].digest_known);
		assert_false(d->signature[0].digest_known);
	}
	bench_close(&b);
}

static void proves_what_was_added(void **state)
{
	static const char raw[] =
		SIGNATURES FROM "Subject: [list] Is dinner ready?\n" REST BODY "-- \nlist footer\n";
	struct bench b;
	const struct dkim *d;

	(void)state;
	bench_open(&b);
	d = check(&b, raw, TIME_NONE, REPAIR_QUICK);
	for (size_t i = 0; i < 2; i++) {
		const struct repair *r = d->signature[i].repair;

		assert_non_null(r);
		assert_true(r->proven);
		assert_int_equal(r->edit_count, 2);
		assert_string_equal(r->edit[0].edit, "subject-tag");
		assert_string_equal(r->edit[1].edit, "footer");
		assert_true(span_is(r->edit[1].where, "-- \nlist footer\n"));
	}
	d = check(&b, SIGNATURES FROM SUBJECT REST "Something else.\n", TIME_NONE, REPAIR_QUICK);
	assert_false(d->signature[1].repair->proven);
	assert_int_equal(d->signature[1].repair->edit_count, 0);
	assert_true(d->signature[1].repair->tried > 0);
	bench_close(&b);
}

static void canonicalizes(void **state)
{
	/* RFC 6376 3.4.5 */
	static const struct {
		const char *in, *out;
		enum canonicalization canon;
	} rows[] = {
		{"A: X", "a:X", CANONICAL_RELAXED},
		{"B : Y\t\r\n\tZ  ", "b:Y Z", CANONICAL_RELAXED},
		{"B : Y\t\n\tZ  ", "b:Y Z", CANONICAL_RELAXED},
		{"B : Y\t\r\n\tZ  ", "B : Y\t\r\n\tZ  ", CANONICAL_SIMPLE},
		{"B : Y\t\n\tZ  ", "B : Y\t\r\n\tZ  ", CANONICAL_SIMPLE},
		{"C:", "c:", CANONICAL_RELAXED},
		{"C: \r x", "c:\r x", CANONICAL_RELAXED}, /* a lone CR is no white space */
	};
	struct buffer b = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buffer_clear(&b);
		canon_header(&b, span_of(rows[i].in), rows[i].canon);
		assert_true(span_is(buffer_view(&b), rows[i].out));
	}
	buffer_release(&b);
}

static void hashes_bodies_in_one_pass(void **state)
{
	static const struct {
		const char *body, *relaxed, *simple;
	} rows[] = {
		{" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n"},
		{" C \nD \t E\n\n\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n"},
		{"", "", "\r\n"},
		{"\r\n\r\n", "", "\r\n"},
		{" \t\r\n", "", " \t\r\n"},
		{"no end", "no end\r\n", "no end\r\n"},
		{"a\rb\r\r\n", "a\rb\r\r\n", "a\rb\r\r\n"},
		{"\r\nx", "\r\nx\r\n", "\r\nx\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct body_sink sink[3] = {{.canon = CANONICAL_RELAXED, .kind = HASH_SHA256},
			{.canon = CANONICAL_SIMPLE, .kind = HASH_SHA1},
			{.canon = CANONICAL_RELAXED,
				.kind = HASH_SHA256,
				.has_limit = true,
				.limit = 2}};
		struct body_lengths lengths;
		uint8_t want[HASH_MAX];

		canon_body(span_of(rows[i].body), sink, 3, &lengths);
		hash_once(HASH_SHA256, span_of(rows[i].relaxed), want);
		assert_memory_equal(sink[0].digest, want, 32);
		hash_once(HASH_SHA1, span_of(rows[i].simple), want);
		assert_memory_equal(sink[1].digest, want, 20);
		hash_once(HASH_SHA256, span_sub(span_of(rows[i].relaxed), 0, 2), want);
		assert_memory_equal(sink[2].digest, want, 32);
		assert_int_equal(lengths.len[CANONICAL_RELAXED], strlen(rows[i].relaxed));
	}
}

static void finds_where_the_length_ends(void **state)
{
	static const struct {
		const char *body;
		enum canonicalization canon;
		uint64_t length;
		size_t place;
	} rows[] = {
		{"abc\r\ndef\r\n", CANONICAL_SIMPLE, 5, 5},
		{"abc\ndef\n", CANONICAL_SIMPLE, 5, 4},
		{"abc\r\ndef\r\n", CANONICAL_SIMPLE, 2, 2},
		{"a  \t b\r\nc\r\n", CANONICAL_RELAXED, 3, 6},
		{"a  \t b\r\nc\r\n", CANONICAL_RELAXED, 2, 5},
		{"abc\r\n", CANONICAL_SIMPLE, 5, 5},
		{"abc\r\n", CANONICAL_SIMPLE, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(
			canon_body_place(span_of(rows[i].body), rows[i].canon, rows[i].length),
			rows[i].place);
}

#define N1024 \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi" \
	"Y/J16JYi0Qvx/" \
	"byYzCNb3W91y3FutACDfzwQ/BC/e/" \
	"8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/" \
	"K4w3QIDAQAB"
/* The same numbers as a bare RSAPublicKey. */
#define BARE \
	"MIGJAoGBAOQeU5CgFPNZGIazlXo2k/eJ1jpaTTxrmqF1HrDLlt04pvaMtCJj8nXoliLRC/" \
	"H9vJjMI1vdb3XLcW60AIN/PBD8EL97/" \
	"y4GwJH7LPUvGP48vqUe+owqszesbiGy1PlCO8c70/OjFnJVgvMF87YR4Lcincb7aSvI5MgpP6X8rjDdAgMBAAE="

static void reads_key_records(void **state)
{
	static const struct {
		const char *text;
		enum cause cause;
		unsigned problems; /* of these, all must be there */
	} rows[] = {
		{"v=DKIM1; k=rsa; p=" N1024, CAUSE_NONE, KEY_SHORT},
		{"p=" N1024, CAUSE_NONE, KEY_NO_VERSION},
		{"k=rsa; v=DKIM1; p=" N1024, CAUSE_NONE, KEY_SYNTAX},
		{"p=" BARE, CAUSE_NONE, KEY_BARE},
		{"v=DKIM2; p=" N1024, CAUSE_KEY_MALFORMED, KEY_SYNTAX},
		{"v=dkim1; p=" N1024, CAUSE_KEY_MALFORMED, KEY_SYNTAX},
		{"v=DKIM1; p=", CAUSE_KEY_REVOKED, 0},
		{"v=DKIM1;", CAUSE_KEY_MALFORMED, 0},
		{"v=spf1 -all", CAUSE_KEY_MALFORMED, 0},
		{"", CAUSE_KEY_MALFORMED, 0},
		{"v=DKIM1; k=dsa; p=" N1024, CAUSE_KEY_MALFORMED, 0},
		{"v=DKIM1; k=ed25519; p=" N1024, CAUSE_KEY_MALFORMED, 0},
		{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", CAUSE_NONE,
			0},
		{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", CAUSE_NONE,
			KEY_SYNTAX},
		{"v=DKIM1; p=" N1024 "; p=" N1024, CAUSE_KEY_MALFORMED, 0},
		{"v=DKIM1; p=!!!!", CAUSE_KEY_MALFORMED, 0},
		{"v=DKIM1; p=MIGfMA0GCSqGSIb3", CAUSE_KEY_MALFORMED, 0},
		{"v=DKIM1; t=y:s; p=" N1024, CAUSE_NONE, 0},
	};
	struct dkim_context *context = dkim_context_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct key_record *r = key_record_get(context, span_of(rows[i].text));

		assert_int_equal(r->cause, rows[i].cause);
		assert_int_equal(r->problems & rows[i].problems, rows[i].problems);
		assert_ptr_equal(r, key_record_get(context, span_of(rows[i].text)));
	}
	assert_true(key_record_get(context, span_of(rows[17].text))->testing);
	assert_true(key_record_get(context, span_of(rows[17].text))->strict);
	dkim_context_free(context);
}

static void forgives_base64(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {{"Zg==", "f"}, {"Zg", "f"}, {"Zh==", "f"}, {"Zm8", "fo"},
		{"Zm 9v\r\n YmE", "fooba"}, {"Z", NULL}, {"Zm-v", NULL}, {"Zg==Zg", NULL}};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span out;
		bool forgiven, ok = base64_forgiving(arena, span_of(rows[i].in), &out, &forgiven);

		assert_int_equal(ok, rows[i].out != NULL);
		if (ok)
			assert_true(span_is(out, rows[i].out));
	}
	arena_free(arena);
}

static void refuses_loose_padding(void **state)
{
	uint8_t em[64];
	static const uint8_t info[] = {
		0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20};
	enum hash_kind kind;
	struct span digest;

	(void)state;
	memset(em, 0xff, sizeof em);
	em[0] = 0;
	em[1] = 1;
	em[64 - 52] = 0;
	memcpy(em + 64 - 51, info, sizeof info);
	assert_true(digest_info_read(span_make(em, 64), &kind, &digest));
	assert_int_equal(kind, HASH_SHA256);
	assert_ptr_equal(digest.ptr, em + 32);
	/* Anything behind the digest (a forgery for exponent 3), short padding, another block type.
	 */
	memmove(em + 11, em + 12, 52);
	assert_false(digest_info_read(span_make(em, 64), &kind, &digest));
	assert_true(digest_info_read(span_make(em, 63), &kind, &digest));
	em[1] = 2;
	assert_false(digest_info_read(span_make(em, 63), &kind, &digest));
	em[1] = 1;
	em[5] = 0;
	assert_false(digest_info_read(span_make(em, 63), &kind, &digest));
}

static void knows_weak_moduli(void **state)
{
	/* Of Mersenne primes: p = 2^127-1, q = 2^107-1, r = 2^89-1, s = 2^61-1. */
	static const char *const hex[] = {
		"3fffffffffffffffffffffffffffffff00000000000000000000000000000001", /* pp */
		"03ffc3ffffffffffffffffffffff80077800780000000000000000000000fff1", /* 65521pq */
		"03ffffffffffffffffffffffffff7ffff800000000000000000000000001",     /* pq */
		"ffffffffffffffffffffff7ffffffffe0000000000000000000001",           /* pr */
		"fffffffffffffff7ffffffffffe000000000000001",                       /* qs */
	};
	struct arena *arena = arena_new();
	struct span n[5];
	unsigned found[3] = {0, 0, 0}, found4[4] = {0, 0, 0, 0};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_true(hex_decode(arena, span_of(hex[i]), &n[i]));
#ifdef HAVE_GMP
	assert_true(weak_modulus(n[0], false) & KEY_FERMAT);
	assert_false(weak_modulus(n[2], false) & (KEY_FERMAT | KEY_SMALL_FACTOR));
	assert_true(weak_batch((struct span[]){n[2], n[4], n[3]}, 3, found));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(found[i], KEY_SHARED_PRIME);
	weak_batch((struct span[]){n[3], n[4]}, 2, found); /* pr, qs */
	assert_int_equal(found[0] | found[1], 0);
	weak_batch((struct span[]){n[1], n[3], n[3]}, 3, found); /* 65521pq, pr twice */
	assert_int_equal(found[0], KEY_SHARED_PRIME | KEY_SMALL_FACTOR);
	assert_true(found[1] == KEY_SHARED_PRIME && found[2] == KEY_SHARED_PRIME);
	weak_batch((struct span[]){SPAN("\0"), n[1], n[4], n[4]}, 4, found4);
	assert_int_equal(found4[0], 0);
	assert_int_equal(found4[1], KEY_SHARED_PRIME | KEY_SMALL_FACTOR);
	weak_batch((struct span[]){n[4], n[4], n[4]}, 3, found); /* the same key thrice shares nothing */
	assert_int_equal(found[0] | found[1] | found[2], 0);
#endif
	assert_true(weak_modulus(n[1], false) & KEY_SMALL_FACTOR);
	(void)found, (void)found4;
	arena_free(arena);
}

#define MAIL "From: a@example.com\nSubject: s\n\nbody\n"
#define TAGS "d=example.com; s=none; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=Zm9v"

static void follows_the_rules_of_the_field(void **state)
{
	static const struct {
		const char *value;
		enum cause cause;
	} rows[] = {
		{"v=1; a=rsa-sha256; h=from; " TAGS, CAUSE_BODY_CHANGED},
		{"a=rsa-sha256; h=from; " TAGS, CAUSE_MALFORMED},
		{"v=2; a=rsa-sha256; h=from; " TAGS, CAUSE_MALFORMED},
		{"v=1; h=from; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-md5; h=from; " TAGS, CAUSE_ALGORITHM_UNSUPPORTED},
		{"v=1; a=rsa-sha256; h=to; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; h=from; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; H=from; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; c=relaxed; " TAGS, CAUSE_BODY_CHANGED},
		{"v=1; a=rsa-sha256; h=from; c=strict; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; q=dns; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; q=x:dns/txt; " TAGS, CAUSE_BODY_CHANGED},
		{"v=1; a=rsa-sha256; h=from; i=@other.example; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; i=@xexample.com; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; i=u@sub.example.com; " TAGS, CAUSE_BODY_CHANGED},
		{"v=1; a=rsa-sha256; h=from; t=20; x=10; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; t=; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; t=12x; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; l=-1; " TAGS, CAUSE_MALFORMED},
		{"v=1; a=rsa-sha256; h=from; x=99999999999999999999; " TAGS, CAUSE_BODY_CHANGED},
		{"v=1;; a=rsa-sha256; h=from; " TAGS, CAUSE_MALFORMED},
	};
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct dkim *d =
			check(&b, arena_printf(b.arena, "DKIM-Signature: %s\n" MAIL, rows[i].value),
				TIME_NONE, REPAIR_OFF);

		if (d->signature[0].cause != rows[i].cause)
			print_error("row %zu: %s\n", i, d->signature[0].explanation);
		assert_int_equal(d->signature[0].cause, rows[i].cause);
	}
	bench_close(&b);
}

static void judges_times(void **state)
{
	struct bench b;
	const struct dkim *d;

	(void)state;
	bench_open(&b);
	d = check(&b, "DKIM-Signature: v=1; a=rsa-sha256; h=from; t=100; x=200; " TAGS "\n" MAIL,
		201, REPAIR_OFF);
	assert_true(d->signature[0].expired);
	d = check(&b, "DKIM-Signature: v=1; a=rsa-sha256; h=from; t=100; x=200; " TAGS "\n" MAIL,
		200, REPAIR_OFF);
	assert_false(d->signature[0].expired);
	d = check(&b, "DKIM-Signature: v=1; a=rsa-sha256; h=from; t=100; x=200; " TAGS "\n" MAIL,
		99, REPAIR_OFF);
	assert_true(d->signature[0].in_future);
	d = check(&b, "DKIM-Signature: v=1; a=rsa-sha256; h=from; t=100; x=200; " TAGS "\n" MAIL,
		TIME_NONE, REPAIR_OFF);
	assert_false(d->signature[0].expired || d->signature[0].in_future);
	bench_close(&b);
}

static void limits_signatures(void **state)
{
	struct buffer raw = BUFFER_INIT;
	struct bench b;
	const struct dkim *d;

	(void)state;
	bench_open(&b);
	for (int i = 0; i < LIMIT_SIGNATURES + 5; i++)
		buffer_str(&raw, "DKIM-Signature: v=1; a=rsa-sha256; h=from; " TAGS "\n");
	buffer_str(&raw, MAIL);
	d = check(&b, buffer_text(&raw), TIME_NONE, REPAIR_QUICK);
	assert_true(d->limited);
	assert_int_equal(d->count, LIMIT_SIGNATURES);
	buffer_release(&raw);
	bench_close(&b);
}

static void writes_encodings(void **state)
{
	struct arena *arena = arena_new();
	struct span text = SPAN("a=b \r\nplain\r\n\xc3\xa9\r\n");

	(void)state;
	assert_true(span_is(
		encode_quoted_printable(arena, text, 0), "a=3Db=20\r\nplain\r\n=C3=A9\r\n"));
	assert_true(span_eq(
		decode_quoted_printable(arena, encode_quoted_printable(arena, text, 0)), text));
	assert_true(span_is(encode_base64_lines(arena, SPAN("foob"), 0), "Zm9vYg==\r\n"));
	assert_true(span_is(
		decode_quoted_printable(arena, SPAN("soft=\r\nbreak=zz\r\n")), "softbreak=zz\r\n"));
	for (unsigned i = 0; i < QP_VARIANTS; i++) {
		struct span rest = encode_quoted_printable(arena,
			SPAN("a long line of words that has to be broken somewhere, = and again, "
			     "as it does not end "
			     "before the hundredth character\r\n"),
			i);

		while (rest.len)
			assert_true(span_line(&rest, NULL).len <= 78); /* RFC 2045 6.7 rule 5 */
	}
	arena_free(arena);
}

static const struct arc *check_arc(struct bench *b, const char *raw)
{
	const struct message *m =
		message_parse(b->arena, span_of(raw), &(struct message_options){.mbox = false});
	struct trace *trace = ARENA_NEW(b->arena, struct trace);

	return arc_check(b->arena, m, trace, &b->log, b->context,
		&(struct arc_options){.dkim = {.at = TIME_NONE, .now = TIME_NONE}});
}

#define ARC_TAGS "a=rsa-sha256; d=example.com; s=none; b=Zm9v"
#define SET(i, cv) \
	"ARC-Seal: i=" i "; cv=" cv "; " ARC_TAGS "\n" \
	"ARC-Message-Signature: i=" i \
	"; h=from; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; " ARC_TAGS "\n" \
	"ARC-Authentication-Results: i=" i "; example.com; none\n"

static void judges_chains(void **state)
{
	static const struct {
		const char *raw;
		enum result result;
		enum cause cause;
	} rows[] = {
		{MAIL, RESULT_NONE, CAUSE_NONE},
		{"ARC-Seal: i=1; cv=none; " ARC_TAGS "\n" MAIL, RESULT_FAIL, CAUSE_SEQUENCE},
		{SET("1", "pass") MAIL, RESULT_FAIL, CAUSE_SEQUENCE},
		{SET("2", "pass") MAIL, RESULT_FAIL, CAUSE_SEQUENCE},
		{SET("2", "none") SET("1", "none") MAIL, RESULT_FAIL, CAUSE_SEQUENCE},
		{SET("1", "none") SET("1", "none") MAIL, RESULT_FAIL, CAUSE_SEQUENCE},
		{SET("0", "none") MAIL, RESULT_FAIL, CAUSE_SEQUENCE},
		{SET("2", "fail") SET("1", "none") MAIL, RESULT_FAIL, CAUSE_CV_FAIL},
		{SET("51", "pass") MAIL, RESULT_FAIL, CAUSE_TOO_MANY_SETS},
		{SET("1", "none") MAIL, RESULT_FAIL, CAUSE_BODY_CHANGED},
	};
	struct bench b;

	(void)state;
	bench_open(&b);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct arc *arc = check_arc(&b, rows[i].raw);

		if (arc->cause != rows[i].cause)
			print_error("row %zu: %s\n", i, arc->explanation);
		assert_int_equal(arc->result, rows[i].result);
		assert_int_equal(arc->cause, rows[i].cause);
	}
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_the_standard_s_example),
		cmocka_unit_test(tells_which_half_fails),
		cmocka_unit_test(proves_what_was_added),
		cmocka_unit_test(canonicalizes),
		cmocka_unit_test(hashes_bodies_in_one_pass),
		cmocka_unit_test(finds_where_the_length_ends),
		cmocka_unit_test(reads_key_records),
		cmocka_unit_test(forgives_base64),
		cmocka_unit_test(refuses_loose_padding),
		cmocka_unit_test(knows_weak_moduli),
		cmocka_unit_test(follows_the_rules_of_the_field),
		cmocka_unit_test(judges_times),
		cmocka_unit_test(limits_signatures),
		cmocka_unit_test(writes_encodings),
		cmocka_unit_test(judges_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
