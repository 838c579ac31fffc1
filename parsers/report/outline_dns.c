/* SPDX-License-Identifier: ISC */
/* DNS: what was asked, what was answered, and what is not recorded. */
#include "parsers/report/sheet.h"

static void record(struct sheet *sheet, const struct dns_answer *a, const struct dns_record *r)
{
	sheet_row(sheet, 1);
	if (a->type == DNS_TXT || a->type == DNS_SPF) {
		sheet_elastic(sheet, PIECE_BYTES, 6, "\"%s\"", arena_text(sheet->arena, r->txt));
	} else if (a->type == DNS_A || a->type == DNS_AAAA) {
		struct ip ip = {.family = a->type == DNS_A ? 4 : 6};

		memcpy(ip.bytes, r->address, sizeof ip.bytes);
		sheet_elastic(sheet, PIECE_BYTES, 6, "%s", ip_text(sheet->arena, &ip));
	} else if (a->type == DNS_MX) {
		sheet_elastic(sheet, PIECE_BYTES, 6, "%u %s", r->preference,
			r->name && *r->name ? r->name : ".");
	} else {
		sheet_elastic(sheet, PIECE_BYTES, 6, "%s", r->name ? r->name : "");
	}
	if (r->recorded != TIME_NONE)
		sheet_add(sheet, PIECE_DIM, 0, "  %.10s", moment_text(sheet->arena, r->recorded));
	if (r->file)
		sheet_add(sheet, PIECE_DIM, 0, "  line %u", r->line);
}

void outline_dns(struct sheet *sheet)
{
	const struct dns_log *dns = sheet->report->evidence.dns;

	sheet_heading(sheet, "DNS");
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT, "%s asked",
		text_count(sheet->arena, dns->count, "name"));
	for (size_t i = 0; i < dns->count; i++) {
		const struct dns_answer *a = dns->entry[i].answer;

		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_TEXT, 2, "%s", dns_type_word(a->type));
		sheet_elastic(sheet, PIECE_TEXT, 8, "%s", a->name);
		sheet_add(sheet,
			a->status == DNS_NOT_RECORDED || a->status == DNS_FAILED ? PIECE_WARN
										 : PIECE_DIM,
			0, "  %s%s%s", dns_status_word(a->status), a->detail ? " " : "",
			a->detail ? a->detail : "");
		sheet_add(sheet, PIECE_DIM, 0, "  for %s",
			dns->entry[i].why ? dns->entry[i].why : "?");
		sheet_target(sheet, ROW_DNS, i);
		for (size_t k = 0; k < a->count && k < 20; k++)
			record(sheet, a, &a->record[k]);
	}
}
