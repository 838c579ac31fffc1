/* SPDX-License-Identifier: ISC */
/* Tables of (message, finding): one message each, run through the whole pipeline with a small world
 * of DNS. */
#ifndef TESTS_UNIT_FINDINGS_ROWS_H
#define TESTS_UNIT_FINDINGS_ROWS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/base/printable.h"
#include "parsers/report/report.h"

/* From a stranger, whose SPF passes for attack.example; from the bank; from a list; from a
 * forwarder. */
#define FROM_HOST(sender, host, ip) \
	"Return-Path: <" sender ">\r\nDelivered-To: alice@victim.example\r\n" \
	"Received: from " host " (" host " [" ip \
	"]) by mx.victim.example with ESMTPS id 1A2B3C\r\n" \
	"\tfor <alice@victim.example>; Tue, 10 Nov 2026 09:12:44 +0000\r\n"
#define STRANGER FROM_HOST("bounce@attack.example", "mail.attack.example", "198.51.100.66")
#define BANK FROM_HOST("news@bank.example", "mail.bank.example", "192.0.2.10")
#define LIST \
	FROM_HOST("users-bounces@lists.example", "mail.lists.example", "203.0.113.50") \
	"Received: from mail.bank.example (mail.bank.example [192.0.2.10]) by mail.lists.example " \
	"with ESMTPS id 4D5E6F; Tue, 10 Nov 2026 09:12:40 +0000\r\n"
#define FORWARD \
	FROM_HOST("SRS0=ab=cd=bank.example=news@fwd.example", "mail.fwd.example", "203.0.113.77")
#define NOBODY FROM_HOST("", "mail.attack.example", "198.51.100.66")
#define REST \
	"To: Alice <alice@victim.example>\r\nDate: Tue, 10 Nov 2026 09:12:04 " \
	"+0000\r\nMessage-ID: <1@x.example>\r\n"
#define PLAIN "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
#define END "\r\nHello.\r\n"
#define SUBJECT "Subject: x\r\n"
#define RAW(text) text, sizeof(text) - 1

static const char world[] =
	";@ complete\n$ORIGIN .\n$TTL 60\n"
	"attack.example. IN TXT \"v=spf1 ip4:198.51.100.66 -all\"\n"
	"attack.example. IN A 198.51.100.66\n"
	"_dmarc.attack.example. IN TXT \"v=DMARC1; p=none\"\n"
	"bank.example. IN TXT \"v=spf1 ip4:192.0.2.10 -all\"\n"
	"bank.example. IN A 192.0.2.10\n"
	"_dmarc.bank.example. IN TXT \"v=DMARC1; p=reject\"\n"
	"lists.example. IN TXT \"v=spf1 ip4:203.0.113.50 -all\"\n"
	"fwd.example. IN TXT \"v=spf1 ip4:203.0.113.77 -all\"\n"
	"shared.example. IN TXT \"v=spf1 ip4:198.51.0.0/16 ip4:10.0.0.0/8 -all\"\n"
	"_dmarc.shared.example. IN TXT \"v=DMARC1; p=reject\"\n"
	"club.example. IN TXT \"v=spf1 -all\"\n"
	"_dmarc.club.example. IN TXT \"v=DMARC1; p=none\"\n"
	"news.bank.example. IN A 192.0.2.10\n"
	"mail.attack.example. IN TXT \"v=spf1 ip4:198.51.100.66 -all\"\n"
	"mail.attack.example. IN A 198.51.100.66\n"
	"evil-a.co.uk. IN TXT \"v=spf1 ip4:198.51.100.66 -all\"\n"
	"_dmarc.bank-b.co.uk. IN TXT \"v=DMARC1; p=reject\"\n";

/* Of this one only what stands here is known. */
static const char partial_world[] = "$ORIGIN .\n$TTL 60\n"
				    "macro.example. IN TXT \"v=spf1 exists:%{l}.m.example -all\"\n";

struct row {
	const char *code;
	enum severity
		severity; /* that it must have; SEVERITY_NONE: it must not be raised; -1: any */
	const char *message;
	size_t len;
};
#define ANY ((enum severity) - 1)

static const struct report *run_message(struct arena *arena, struct span raw, struct dns *dns,
	struct psl *psl, struct dkim_context *dkim)
{
	static const char *const host[] = {"mx.victim.example"}, *const protect[] = {
									 "mycompany.example"};
	struct report_options *options = ARENA_NEW(arena, struct report_options);
	struct origin origin = {.source = "row.eml", .length = raw.len, .kind = SOURCE_EML};

	*options = (struct report_options){.dns = dns,
		.dns_complete = true,
		.dkim = dkim,
		.psl = psl,
		.trust = {.host = host, .host_count = 1},
		.protect = protect,
		.protect_count = 1,
		.at_mode = REPORT_AT_TIME,
		.at = 1794302000,
		.now = TIME_NONE};
	return report_build(arena, raw, &origin, options);
}

static const char *all_codes(struct arena *arena, const struct findings *f)
{
	const char *text = "";

	for (size_t i = 0; i < f->count; i++)
		text = arena_printf(arena, "%s %s=%s", text,
			finding_info(f->finding[i]->code)->code,
			severity_word(f->finding[i]->severity));
	return text;
}

static void run_row(const struct row *row, size_t n, struct dns *dns, struct psl *psl,
	struct dkim_context *dkim)
{
	struct arena *arena = arena_new();
	struct span raw = arena_copy(arena, span_make(row->message, row->len));
	const struct report *report = run_message(arena, raw, dns, psl, dkim);
	int code = finding_code_of(row->code);
	const struct finding *found =
		code < 0 ? NULL : finding_find(report->findings, (enum finding_code)code);

	if (code < 0)
		fail_msg("row %zu: no code %s", n, row->code);
	if (row->severity == SEVERITY_NONE
			? found != NULL
			: !found || (row->severity != ANY && found->severity != row->severity))
		fail_msg("row %zu: %s wanted %s, raised:%s\n%s", n, row->code,
			row->severity == ANY ? "at all" : severity_word(row->severity),
			all_codes(arena, report->findings), printable(arena, raw));
	/* What it rests on lies in the message. */
	for (size_t i = 0; found && i < found->evidence_count; i++)
		assert_true(span_within(report->evidence.message->raw, found->evidence[i].where));
	arena_free(arena);
}

static void run_rows_in(const char *zone, const struct row *row, size_t count)
{
	struct error error = {.code = 0};
	struct dns *dns = snapshot_parse(span_of(zone), "world", NULL, &error);
	struct psl *psl = psl_open(NULL, &error);
	struct dkim_context *dkim = dkim_context_new();

	assert_non_null(dns);
	for (size_t i = 0; i < count; i++)
		run_row(&row[i], i, dns, psl, dkim);
	dkim_context_free(dkim);
	psl_close(psl);
	dns_free(dns);
}

static inline void run_rows(const struct row *row, size_t count)
{
	run_rows_in(world, row, count);
}

static inline void run_rows_partial(const struct row *row, size_t count)
{
	run_rows_in(partial_world, row, count);
}

#define RUN(rows) run_rows(rows, sizeof(rows) / sizeof *(rows))

#endif
