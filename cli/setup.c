/* SPDX-License-Identifier: ISC */
#include "cli/setup.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int setup_time(const char *at, enum report_at *ret_mode, int64_t *ret, struct error *reterr)
{
	*ret_mode = REPORT_AT_TIME;
	*ret = TIME_NONE;
	if (!at || strcmp(at, "receipt") == 0) {
		*ret_mode = REPORT_AT_RECEIPT;
	} else if (strcmp(at, "now") == 0) {
		*ret = (int64_t)time(NULL);
	} else if (!moment_parse(span_of(at), ret)) {
		return error_set(reterr, ERROR_USAGE,
			"--at '%s' is no time: RFC 3339, epoch seconds, now or receipt", at);
	}
	return 0;
}

enum severity setup_fail_on(const struct settings *settings)
{
	static const enum severity severity[] = {SEVERITY_MEDIUM, SEVERITY_NONE, SEVERITY_INFO,
		SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL};

	return severity[settings->fail_on];
}

/* Options that contradict each other, or lack the one that they belong to. */
static int consistent(const struct settings *s, struct error *reterr)
{
	struct ip ip;

	if (s->live && s->assume_complete)
		return error_set(
			reterr, ERROR_USAGE, "--live and --assume-complete contradict each other");
	if (s->record && !s->live)
		return error_set(reterr, ERROR_USAGE, "--record has no meaning without --live");
	if (s->server && !s->live)
		return error_set(reterr, ERROR_USAGE, "--server has no meaning without --live");
	if (s->border && s->trust.count)
		return error_set(reterr, ERROR_USAGE, "--border and --trust contradict each other");
	if (s->client_ip && (ip = ip_parse(span_of(s->client_ip))).family == 0)
		return error_set(
			reterr, ERROR_USAGE, "--client-ip '%s' is no address", s->client_ip);
	return 0;
}

enum { PROBLEMS_TOLD = 20 };

static void tell_problems(const struct dns *dns)
{
	size_t count = 0;
	const struct snapshot_problem *problem = snapshot_problems(dns, &count);

	for (size_t i = 0; i < count && i < PROBLEMS_TOLD; i++)
		complain(NULL, "%s:%u: %s; the line is skipped", problem[i].file, problem[i].line,
			problem[i].text);
	if (count > PROBLEMS_TOLD)
		complain(NULL,
			"%zu more lines of the snapshot are skipped (mailcheck dns check lists "
			"them)",
			count - PROBLEMS_TOLD);
}

static int open_dns(struct setup *setup, const struct settings *s, struct error *reterr)
{
	struct snapshot_options options = {
		.assume_complete = s->assume_complete, .anchor = s->anchor};
	struct dns *snapshot = NULL;

	setup->dns_recorded = TIME_NONE;
	setup->dns_complete = s->assume_complete;
	if (s->dns.count || s->assume_complete || s->anchor) {
		snapshot = snapshot_load(s->dns.text, s->dns.count, &options, reterr);
		if (!snapshot)
			return -1;
		tell_problems(snapshot);
		setup->dns_complete = s->assume_complete || snapshot_complete(snapshot);
		setup->dns_recorded = snapshot_recorded(snapshot);
	}
	setup->dns = snapshot;
	if (s->live) {
		struct live_options live = {
			.server = s->server, .record = s->record, .now = (int64_t)time(NULL)};

		setup->live = live_open(&live, reterr);
		if (!setup->live)
			return -1;
		setup->dns_recorded = live.now;
		setup->dns = snapshot ? dns_chain(snapshot, setup->live) : setup->live;
	}
	return 0;
}

static void survey_keys(void *data, const char *name, const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++)
		dkim_context_survey_key(data, name, answer->record[i].txt);
}

int setup_open(struct setup *setup, const struct call *call, enum repair_depth repair,
	struct error *reterr)
{
	const struct settings *s = call->settings;
	struct report_options *r = &setup->report;
	static const enum repair_depth depth[] = {
		REPAIR_QUICK, REPAIR_OFF, REPAIR_QUICK, REPAIR_DEEP};

	memset(setup, 0, sizeof *setup);
	if (consistent(s, reterr) != 0 || setup_time(s->at, &r->at_mode, &r->at, reterr) != 0 ||
		open_dns(setup, s, reterr) != 0)
		return -1;
	setup->psl = psl_open(s->psl, reterr);
	if (!setup->psl)
		return -1;
	setup->dkim = dkim_context_new();
	if (s->key_blocklist && dkim_context_blocklist(setup->dkim, s->key_blocklist, reterr) != 0)
		return -1;
	if (setup->dns)
		dns_each(setup->dns, DNS_TXT, survey_keys, setup->dkim);
	dkim_context_survey_end(setup->dkim);
	r->dns = setup->dns;
	r->dns_complete = setup->dns_complete;
	r->dns_recorded = setup->dns_recorded;
	r->dkim = setup->dkim;
	r->psl = setup->psl;
	r->trust.host = s->trust.text;
	r->trust.host_count = s->trust.count;
	r->trust.border = (int)s->border;
	r->trust.client_ip = s->client_ip;
	r->trust.helo = s->helo;
	r->trust.mail_from = s->mail_from;
	r->trusted_sealer = s->trust_sealer.text;
	r->trusted_sealer_count = s->trust_sealer.count;
	r->protect = s->protect.text;
	r->protect_count = s->protect.count;
	r->now = TIME_NONE;
	r->repair = s->repair ? depth[s->repair] : repair;
	r->dmarc = s->dmarc == DMARC_WORD_7489 ? DMARC_RFC7489 : DMARC_RFC9989;
	r->auth_only = s->checks == CHECKS_AUTH;
	return 0;
}

int setup_close(struct setup *setup, struct error *reterr)
{
	int ret = setup->live ? live_flush(setup->live, reterr) : 0;

	if (setup->dns)
		dns_free(setup->dns);
	if (setup->psl)
		psl_close(setup->psl);
	if (setup->dkim)
		dkim_context_free(setup->dkim);
	memset(setup, 0, sizeof *setup);
	return ret;
}
