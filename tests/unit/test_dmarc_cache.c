/* SPDX-License-Identifier: ISC */
/* A remembered evaluation says what a fresh one says, and leaves the same questions to DNS behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parsers/dmarc/dmarc.h"
#include "tests/unit/random.h"
#include "tests/unit/same.h"

enum { ROUNDS = 5000, SIGNATURES = 3 };

static const char zone[] = "_dmarc.a.example. 60 IN TXT \"v=DMARC1; p=reject; sp=none; rua=mailto:x@a.example\"\n"
			   "_dmarc.b.example. 60 IN TXT \"v=DMARC1; p=quarantine; np=reject; adkim=s; t=y\"\n"
			   "_dmarc.c.example. 60 IN TXT \"v=DMARC1; p=none\"\n"
			   "_dmarc.c.example. 60 IN TXT \"v=DMARC1; p=reject\"\n"
			   "_dmarc.d.example. 60 IN TXT \"v=DMARC1; pct=5\"\n"
			   ";@ nxdomain _dmarc.sub.b.example\n"
			   ";@ nxdomain sub.b.example\n"
			   ";@ servfail _dmarc.f.example TXT\n"
			   ";@ nxdomain _dmarc.example\n";

static const char *any_domain(void)
{
	static const char *const domain[] = { "a.example", "sub.a.example", "b.example", "sub.b.example", "c.example", "d.example",
		"f.example", "unknown.example", "A.example", "", NULL };

	return domain[any(sizeof domain / sizeof *domain)];
}

static void same_aligned(const struct dmarc_aligned *a, const struct dmarc_aligned *b)
{
	assert_true(a->strict == b->strict && a->passed == b->passed && a->aligned == b->aligned);
	same_text(a->domain, b->domain);
}

static void same_eval(const struct dmarc_eval *a, const struct dmarc_eval *b)
{
	assert_true(a->standard == b->standard && a->result == b->result && a->cause == b->cause && a->policy == b->policy &&
		    a->disposition == b->disposition && a->facts == b->facts && a->complete == b->complete && a->pct == b->pct &&
		    a->testing == b->testing);
	same_text(a->author_domain, b->author_domain);
	same_text(a->record_domain, b->record_domain);
	same_text(a->record, b->record);
	same_text(a->org_domain, b->org_domain);
	same_text(a->policy_tag, b->policy_tag);
	same_text(a->explanation, b->explanation);
	same_text(a->rua, b->rua);
	same_text(a->ruf, b->ruf);
	same_aligned(&a->dkim, &b->dkim);
	same_aligned(&a->spf, &b->spf);
	assert_int_equal(a->step_count, b->step_count);
	for (size_t i = 0; i < a->step_count; i++)
		assert_string_equal(a->step[i], b->step[i]);
}

static struct dmarc_query any_query(struct dkim *dkim, struct spf *spf, struct spf_result *mail_from, const struct psl *psl)
{
	static const enum result result[] = { RESULT_PASS, RESULT_FAIL, RESULT_NONE, RESULT_TEMPERROR };

	dkim->count = any(SIGNATURES + 1);
	for (size_t i = 0; i < dkim->count; i++)
		dkim->signature[i] = (struct dkim_signature){ .domain = any_domain(),
			.result = result[any(4)],
			.cause = any(2) ? CAUSE_NOT_RECORDED : CAUSE_DNS_FAILED };
	*mail_from = (struct spf_result){ .domain = any_domain(),
		.result = result[any(4)],
		.cause = CAUSE_NOT_RECORDED,
		.facts = any(2) ? SPF_ON_HELO : 0 };
	spf->mail_from = any(8) ? mail_from : NULL;
	return (struct dmarc_query){ .author_domain = any_domain(),
		.author_domains = any(3),
		.dkim = any(9) ? dkim : NULL,
		.spf = any(9) ? spf : NULL,
		.psl = psl,
		.standard = any(2) ? DMARC_RFC9989 : DMARC_RFC7489 };
}

static void says_the_same_again(void **unused)
{
	struct arena *arena = arena_new();
	struct error error = { 0 };
	struct dns *dns = snapshot_parse(span_of(zone), "zone", NULL, &error);
	struct psl *psl = psl_open(NULL, &error);
	struct dmarc_cache *cache = dmarc_cache_new();
	struct dkim_signature signature[SIGNATURES];
	struct dkim dkim = { .signature = signature };
	struct spf_result mail_from;
	struct spf spf = { 0 };
	size_t again = 0;

	(void)unused;
	assert_non_null(dns);
	assert_non_null(psl);
	for (size_t i = 0; i < ROUNDS; i++) {
		struct dmarc_query query = any_query(&dkim, &spf, &mail_from, psl);
		struct dns_log fresh_log, log;
		const struct dmarc *fresh, *got, *third;

		dns_log_init(&fresh_log, arena, dns);
		dns_log_init(&log, arena, dns);
		if (any(3) == 0) { /* somebody asked before */
			dns_lookup(&fresh_log, "_dmarc.a.example", DNS_TXT, "other");
			dns_lookup(&log, "_dmarc.a.example", DNS_TXT, "other");
		}
		fresh = dmarc_check(arena, &fresh_log, &query);
		got = dmarc_check_cached(cache, arena, &log, &query);
		same_eval(got->rfc9989, fresh->rfc9989);
		same_eval(got->rfc7489, fresh->rfc7489);
		assert_int_equal(got->standard, fresh->standard);
		assert_int_equal(got->differs, fresh->differs);
		assert_int_equal(got->decides == got->rfc9989, fresh->decides == fresh->rfc9989);
		assert_string_equal(got->explanation, fresh->explanation);
		assert_memory_equal(got->dkim_alignment, fresh->dkim_alignment, query.dkim ? dkim.count : 0);
		same_questions(&log, &fresh_log);
		third = dmarc_check_cached(cache, arena, &log, &query);
		again += third == got;
		same_questions(&log, &fresh_log);
		dmarc_cache_trim(cache);
		arena_reset(arena);
	}
	assert_int_equal(again, ROUNDS);
	dmarc_cache_free(cache);
	psl_close(psl);
	dns_free(dns);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_the_same_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
