/* SPDX-License-Identifier: ISC */
/* A remembered evaluation says what a fresh one says, and leaves the same questions to DNS behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parsers/spf/spf.h"
#include "tests/unit/random.h"
#include "tests/unit/same.h"

enum { ROUNDS = 5000 };

static const char zone[] = "a.example. 60 IN TXT \"v=spf1 ip4:192.0.2.0/28 include:b.example ~all\"\n"
			   "b.example. 60 IN TXT \"v=spf1 a:host.b.example mx -all\"\n"
			   "b.example. 60 IN MX 10 host.b.example.\n"
			   "host.b.example. 60 IN A 198.51.100.7\n"
			   "local.example. 60 IN TXT \"v=spf1 exists:%{l}.who.example -all\"\n"
			   "ann.who.example. 60 IN A 127.0.0.2\n"
			   ";@ nxdomain bob.who.example\n"
			   "helo.example. 60 IN TXT \"v=spf1 exists:%{h}.who.example ?all\"\n"
			   "told.example. 60 IN TXT \"v=spf1 -all exp=why.example\"\n"
			   "why.example. 60 IN TXT \"%{s} may not, since %{t}\"\n"
			   "plain.example. 60 IN TXT \"v=spf1 redirect=told.example\"\n"
			   "wrong.example. 60 IN TXT \"v=spf1 ip4:nothing -all\"\n"
			   "two.example. 60 IN TXT \"v=spf1 -all\"\n"
			   "two.example. 60 IN TXT \"v=spf1 +all\"\n"
			   "open.example. 60 IN TXT \"v=spf1 include:nowhere.example +all\"\n"
			   ";@ nxdomain nowhere.example\n"
			   ";@ servfail broken.example TXT\n";

static const char *any_domain(void)
{
	static const char *const domain[] = { "a.example", "A.Example", "b.example", "local.example", "helo.example", "told.example",
		"plain.example", "wrong.example", "two.example", "open.example", "nowhere.example", "broken.example", "unknown.example",
		"", "[192.0.2.1]" };

	return domain[any(sizeof domain / sizeof *domain)];
}

static struct spf_query any_query(struct arena *arena)
{
	static const char *const client[] = { "192.0.2.1", "192.0.2.77", "198.51.100.7", "2001:db8::7", "" };
	static const char *const local[] = { "ann@", "bob@", "" };

	return (struct spf_query){
		.client = ip_parse(span_of(client[any(5)])),
		.mail_from = any(9) ? arena_printf(arena, "%s%s", local[any(3)], any_domain()) : NULL,
		.helo = any(9) ? any_domain() : NULL,
		.at = (int64_t)any(2) * 1000000,
	};
}

static void same_result(const struct spf_result *a, const struct spf_result *b)
{
	assert_true(a->result == b->result && a->cause == b->cause && a->lookups == b->lookups &&
		    a->void_lookups == b->void_lookups && a->facts == b->facts && a->addresses == b->addresses);
	same_text(a->domain, b->domain);
	same_text(a->mechanism, b->mechanism);
	same_text(a->record, b->record);
	same_text(a->exp, b->exp);
	same_text(a->explanation, b->explanation);
	same_text(a->clause, b->clause);
	for (size_t i = 0; i < SPF_FACT_COUNT; i++)
		same_text(a->fact_at[i], b->fact_at[i]);
	assert_int_equal(a->step_count, b->step_count);
	for (size_t i = 0; i < a->step_count; i++) {
		assert_int_equal(a->step[i].depth, b->step[i].depth);
		same_text(a->step[i].domain, b->step[i].domain);
		same_text(a->step[i].term, b->step[i].term);
		same_text(a->step[i].outcome, b->step[i].outcome);
		same_text(a->step[i].detail, b->step[i].detail);
	}
}

static void says_the_same_again(void **unused)
{
	struct arena *arena = arena_new();
	struct error error = { 0 };
	struct dns *dns = snapshot_parse(span_of(zone), "zone", NULL, &error);
	struct spf_cache *cache = spf_cache_new();
	size_t shared = 0;

	(void)unused;
	assert_non_null(dns);
	for (size_t i = 0; i < ROUNDS; i++) {
		struct spf_query query = any_query(arena);
		struct dns_log fresh_log, log;
		const struct spf *fresh, *got, *again;

		dns_log_init(&fresh_log, arena, dns);
		dns_log_init(&log, arena, dns);
		if (any(3) == 0) { /* somebody asked before */
			dns_lookup(&fresh_log, "b.example", DNS_TXT, "other");
			dns_lookup(&log, "b.example", DNS_TXT, "other");
		}
		fresh = spf_check(arena, &fresh_log, &query);
		query.cache = cache;
		got = spf_check(arena, &log, &query);
		same_result(got->mail_from, fresh->mail_from);
		same_result(got->helo, fresh->helo);
		same_text(got->client_ip, fresh->client_ip);
		same_questions(&log, &fresh_log);
		again = spf_check(arena, &log, &query);
		same_result(again->mail_from, fresh->mail_from);
		same_questions(&log, &fresh_log);
		shared += got->helo->step_count && again->helo->step == got->helo->step;
		spf_cache_trim(cache);
		arena_reset(arena);
	}
	assert_true(shared > ROUNDS / 10);
	spf_cache_free(cache);
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
