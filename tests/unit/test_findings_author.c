/* SPDX-License-Identifier: ISC */
/* What is proven of the author: the table of rules, row by row, on evidence made by hand; and the
 * engine. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "parsers/findings/findings.h"

static const char text[] =
	"From: a@bank.example\r\nTo: b@victim.example\r\nSubject: one\r\nDate: x\r\n"
	"Content-Type: text/plain\r\n\r\nbody of the message\r\n";
static const char two_subjects[] =
	"Subject: two\r\nFrom: a@bank.example\r\nTo: b@victim.example\r\nSubject: one\r\n"
	"Date: x\r\nContent-Type: text/plain\r\n\r\nbody of the message\r\n";

/* What a row sets; everything else is the same for all. */
struct given {
	const char *raw;
	enum result dkim;
	unsigned char alignment;
	enum cause cause;
	unsigned key;
	const char *signed_fields; /* of h=, one letter each: f t s d c */
	long length;               /* l=, -1 for none */
	uint64_t uncovered;
	bool repaired;
	bool spf_passes, strict;
	enum result spf;
	const char *mail_from, *client_ip;
	enum dmarc_policy policy;
	bool incomplete;
	unsigned context;
	enum finding_code raised; /* FINDING_COUNT: none */
};

static const struct given base = {.raw = text,
	.dkim = RESULT_FAIL,
	.alignment = 0,
	.signed_fields = "ftsdc",
	.length = -1,
	.spf = RESULT_FAIL,
	.mail_from = "x@attack.example",
	.client_ip = "198.51.100.66",
	.policy = POLICY_REJECT,
	.raised = FINDING_COUNT};

static void sign(struct arena *arena, struct dkim_signature *s, const struct message *m,
	const struct given *g)
{
	static const char *const name[] = {"from", "to", "subject", "date", "content-type"};

	s->domain = "bank.example";
	s->result = g->dkim;
	s->cause = g->cause;
	s->key.problems = g->key;
	s->has_length = g->length >= 0;
	s->length = g->length >= 0 ? (uint64_t)g->length : 0;
	s->body_uncovered = g->uncovered;
	if (g->uncovered)
		s->body_tail = span_skip(m->body, m->body.len - g->uncovered);
	s->signed_field = ARENA_ARRAY(arena, const char *, 5);
	s->covered = ARENA_ARRAY(arena, const struct field *, 5);
	for (size_t i = 0; i < 5; i++) {
		if (!strchr(g->signed_fields, name[i][0]))
			continue;
		s->covered[s->signed_field_count] = message_field_last(m, field_name_of(span_of(name[i])));
		s->signed_field[s->signed_field_count++] = name[i];
	}
	if (g->repaired) {
		struct repair *repair = ARENA_NEW(arena, struct repair);

		repair->proven = true;
		s->repair = repair;
	}
}

static const struct findings *judge(struct arena *arena, const struct given *g)
{
	struct evidence *e = ARENA_NEW(arena, struct evidence);
	struct dkim *dkim = ARENA_NEW(arena, struct dkim);
	struct dmarc *dmarc = ARENA_NEW(arena, struct dmarc);
	struct dmarc_eval *eval = ARENA_NEW(arena, struct dmarc_eval);
	struct spf *spf = ARENA_NEW(arena, struct spf);
	struct spf_result *spf_result = ARENA_NEW(arena, struct spf_result);
	struct trace *trace = ARENA_NEW(arena, struct trace);
	struct findings *f = ARENA_NEW(arena, struct findings);

	e->arena = arena;
	e->message = message_parse(arena, span_of(g->raw), NULL);
	e->author_domain = "bank.example";
	dkim->signature = ARENA_NEW(arena, struct dkim_signature);
	dkim->count = 1;
	sign(arena, dkim->signature, e->message, g);
	e->dkim = dkim;
	dmarc->dkim_alignment = arena_alloc(arena, 1);
	dmarc->dkim_alignment[0] = g->alignment;
	*eval = (struct dmarc_eval){.policy = g->policy, .complete = !g->incomplete};
	eval->dkim.strict = g->strict;
	eval->spf = (struct dmarc_aligned){.passed = g->spf_passes, .aligned = g->spf_passes};
	dmarc->decides = eval;
	e->dmarc = dmarc;
	spf_result->result = g->spf;
	spf->mail_from = spf->helo = spf_result;
	e->spf = spf;
	trace->mail_from.value = g->mail_from;
	e->mail_from_domain = g->mail_from ? address_domain(arena, span_of(g->mail_from)) : NULL;
	trace->client_ip.value = g->client_ip;
	e->trace = trace;
	f->arena = arena;
	f->evidence = e;
	f->context = g->context;
	if (g->raised != FINDING_COUNT)
		finding_raise(f, g->raised, SEVERITY_NONE, NULL);
	findings_author(f);
	return f;
}

static void check(int line, struct given g, enum author want)
{
	struct arena *arena = arena_new();
	const struct findings *f = judge(arena, &g);

	if (f->author != want)
		fail_msg("line %d: %s wanted, %s: %s", line, author_word(want),
			author_word(f->author), f->author_why);
	assert_non_null(f->author_why);
	arena_free(arena);
}

/* One line a rule: what differs from a plain forgery of a domain with p=reject. */
#define CASE(want, change) \
	do { \
		struct given g = base; \
		change; \
		check(__LINE__, g, want); \
	} while (0)

static void decides_proof(void **state)
{
	(void)state;
	CASE(AUTHOR_PROVEN, (g.dkim = RESULT_PASS, g.alignment = 2));
	CASE(AUTHOR_PROVEN, (g.dkim = RESULT_PASS, g.alignment = 1));
	CASE(AUTHOR_PROVEN, g.spf_passes = true);
	CASE(AUTHOR_PROVEN, (g.dkim = RESULT_PASS, g.alignment = 1, g.policy = POLICY_UNSET));
	/* Strict alignment asks for the same domain. */
	CASE(AUTHOR_CONTRADICTED, (g.dkim = RESULT_PASS, g.alignment = 1, g.strict = true));
	CASE(AUTHOR_CONTRADICTED, (g.dkim = RESULT_PASS, g.alignment = 0));
	/* Holes. */
	CASE(AUTHOR_PARTIAL,
		(g.dkim = RESULT_PASS, g.alignment = 2, g.length = 5, g.uncovered = 14));
	CASE(AUTHOR_PARTIAL,
		(g.dkim = RESULT_PASS, g.alignment = 2, g.length = 0, g.uncovered = 21));
	CASE(AUTHOR_PROVEN, (g.dkim = RESULT_PASS, g.alignment = 2, g.length = 19,
				    g.uncovered = 2)); /* CR LF */
	CASE(AUTHOR_PARTIAL, (g.dkim = RESULT_PASS, g.alignment = 2, g.signed_fields = "ftdc"));
	CASE(AUTHOR_PARTIAL, (g.dkim = RESULT_PASS, g.alignment = 2, g.signed_fields = "ftsc"));
	CASE(AUTHOR_PROVEN, (g.dkim = RESULT_PASS, g.alignment = 2, g.signed_fields = "fsd"));
	CASE(AUTHOR_PARTIAL,
		(g.dkim = RESULT_PASS, g.alignment = 2, g.signed_fields = "fsd", g.length = 21));
	CASE(AUTHOR_PARTIAL, (g.dkim = RESULT_PASS, g.alignment = 2, g.raw = two_subjects));
	CASE(AUTHOR_PROVEN,
		(g.dkim = RESULT_PASS, g.alignment = 2, g.raw = two_subjects, g.spf_passes = true));
	/* A key in other hands. */
	CASE(AUTHOR_UNPROVEN, (g.dkim = RESULT_PASS, g.alignment = 2, g.key = KEY_FERMAT));
	CASE(AUTHOR_UNPROVEN, (g.dkim = RESULT_PASS, g.alignment = 2, g.key = KEY_BLOCKLISTED));
	CASE(AUTHOR_UNPROVEN, (g.dkim = RESULT_PASS, g.alignment = 2, g.key = KEY_SHARED_PRIME));
	CASE(AUTHOR_PROVEN,
		(g.dkim = RESULT_PASS, g.alignment = 2, g.key = KEY_SHORT | KEY_TESTING));
	CASE(AUTHOR_PROVEN,
		(g.dkim = RESULT_PASS, g.alignment = 2, g.key = KEY_FERMAT, g.spf_passes = true));
}

static void decides_failure(void **state)
{
	(void)state;
	CASE(AUTHOR_CONTRADICTED, (void)g);
	CASE(AUTHOR_CONTRADICTED, g.policy = POLICY_QUARANTINE);
	CASE(AUTHOR_UNPROVEN, g.policy = POLICY_NONE);
	CASE(AUTHOR_UNPROVEN, g.policy = POLICY_UNSET);
	/* Explanations. */
	CASE(AUTHOR_UNPROVEN, g.context = CONTEXT_LIST);
	CASE(AUTHOR_UNPROVEN, g.context = CONTEXT_FORWARD);
	CASE(AUTHOR_UNPROVEN, g.context = CONTEXT_INTERNAL);
	CASE(AUTHOR_UNPROVEN, g.context = CONTEXT_TRUSTED_ARC);
	CASE(AUTHOR_UNPROVEN, g.context = CONTEXT_REPAIRED);
	CASE(AUTHOR_UNPROVEN,
		(g.cause = CAUSE_KEY_MISSING, g.alignment = 2, g.dkim = RESULT_PERMERROR));
	CASE(AUTHOR_CONTRADICTED, (g.cause = CAUSE_KEY_MISSING, g.dkim = RESULT_PERMERROR));
	/* None of these is one. */
	CASE(AUTHOR_CONTRADICTED,
		g.context = CONTEXT_ESP | CONTEXT_DSN | CONTEXT_CALENDAR | CONTEXT_AUTOREPLY);
	CASE(AUTHOR_CONTRADICTED, (g.cause = CAUSE_BODY_CHANGED, g.alignment = 2));
	/* Evidence that is not there. */
	CASE(AUTHOR_UNKNOWN, (g.dkim = RESULT_TEMPERROR, g.alignment = 2));
	CASE(AUTHOR_UNKNOWN, (g.spf = RESULT_TEMPERROR, g.mail_from = "x@bank.example"));
	CASE(AUTHOR_CONTRADICTED, g.spf = RESULT_TEMPERROR);
	CASE(AUTHOR_UNKNOWN, (g.client_ip = NULL, g.mail_from = NULL));
	CASE(AUTHOR_UNKNOWN, (g.client_ip = NULL, g.mail_from = "x@mail.bank.example"));
	CASE(AUTHOR_CONTRADICTED, g.client_ip = NULL);
	CASE(AUTHOR_UNKNOWN, (g.incomplete = true, g.policy = POLICY_UNSET));
	CASE(AUTHOR_CONTRADICTED, g.incomplete = true);
}

static void decides_ambiguity(void **state)
{
	(void)state;
	CASE(AUTHOR_AMBIGUOUS, (g.spf_passes = true, g.raised = FINDING_FROM_PARSER_SPLIT));
	CASE(AUTHOR_AMBIGUOUS, (g.spf_passes = true, g.raised = FINDING_FROM_MULTI_HDR));
	CASE(AUTHOR_AMBIGUOUS, (g.spf_passes = true, g.raised = FINDING_FROM_NAME_WS));
	CASE(AUTHOR_AMBIGUOUS, g.raised = FINDING_FROM_MISSING);
	CASE(AUTHOR_AMBIGUOUS, g.raised = FINDING_FROM_ALT);
	CASE(AUTHOR_UNPROVEN, (g.spf_passes = true, g.raised = FINDING_FROM_CONTROL));
	CASE(AUTHOR_PROVEN, (g.spf_passes = true, g.raised = FINDING_FROM_NAME_ADDR));
	CASE(AUTHOR_PROVEN, (g.spf_passes = true, g.raised = FINDING_FROM_NAME_BYTES));
}

/* --- the engine --- */

static void merges_the_same_code(void **state)
{
	struct arena *arena = arena_new();
	struct evidence e = {.arena = arena, .message = message_parse(arena, span_of(text), NULL)};
	struct findings f = {.arena = arena, .evidence = &e};
	struct finding *a = finding_raise(&f, FINDING_HDR_DUP, SEVERITY_LOW, "one %d", 1), *b;

	(void)state;
	assert_ptr_equal(finding_find(&f, FINDING_HDR_DUP), a);
	assert_null(finding_find(&f, FINDING_HDR_NUL));
	b = finding_raise(&f, FINDING_HDR_DUP, SEVERITY_HIGH, "two");
	assert_ptr_equal(a, b);
	assert_int_equal(f.count, 1);
	assert_int_equal(a->severity, SEVERITY_HIGH);
	assert_string_equal(a->detail, "one 1; two");
	finding_raise(&f, FINDING_HDR_DUP, SEVERITY_INFO, "two");
	assert_int_equal(a->severity, SEVERITY_HIGH);
	/* Evidence: places of the message, each once. */
	finding_show(&f, a, e.message->field[0].whole, "x");
	finding_show(&f, a, e.message->field[0].whole, "y");
	finding_show(&f, a, span_of("elsewhere"), "z");
	finding_show(&f, a, SPAN_NONE, NULL);
	assert_int_equal(a->evidence_count, 1);
	assert_string_equal(a->evidence[0].role, "x");
	/* The table's severity. */
	assert_int_equal(finding_raise(&f, FINDING_HDR_NUL, SEVERITY_NONE, NULL)->severity,
		SEVERITY_CRITICAL);
	arena_free(arena);
}

static void knows_its_codes(void **state)
{
	(void)state;
	assert_int_equal(finding_code_of("HDR-NUL"), FINDING_HDR_NUL);
	assert_int_equal(finding_code_of("hdr-nul"), FINDING_HDR_NUL);
	assert_int_equal(finding_code_of("HDR-NULL"), -1);
	assert_int_equal(finding_code_of(""), -1);
	for (int i = 0; i < FINDING_COUNT; i++)
		assert_int_equal(finding_code_of(finding_info((enum finding_code)i)->code), i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_proof),
		cmocka_unit_test(decides_failure),
		cmocka_unit_test(decides_ambiguity),
		cmocka_unit_test(merges_the_same_code),
		cmocka_unit_test(knows_its_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
