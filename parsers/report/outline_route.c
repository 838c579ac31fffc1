/* SPDX-License-Identifier: ISC */
/* ROUTE: where it came in, and what lies below that; and the table of all hops. */
#include "parsers/report/sheet.h"

#include <string.h>

static const struct hop *border_hop(const struct trace *trace)
{
	return trace->border && trace->border <= trace->count ? &trace->hop[trace->border - 1]
							      : NULL;
}

/* "Date 40 s earlier": the author's clock against the receipt. */
static const char *date_note(struct sheet *sheet)
{
	const struct report *r = sheet->report;
	int64_t received = r->evidence.trace->received_at, between;

	if (!r->evidence.date.valid)
		return message_field(r->evidence.message, "Date", 0) ? "Date can't be read"
								     : "no Date";
	if (received == TIME_NONE)
		return arena_printf(sheet->arena, "Date %s",
			text_date(sheet->arena, r->evidence.date.time, r->evidence.date.offset_s));
	between = received - r->evidence.date.time;
	if (between == 0)
		return "Date at the same second";
	return arena_printf(sheet->arena, "Date %s %s",
		moment_duration(sheet->arena, between < 0 ? -between : between),
		between < 0 ? "LATER than receipt" : "earlier");
}

static void entry(struct sheet *sheet, const struct hop *hop)
{
	const struct trace *trace = sheet->report->evidence.trace;
	const char *ip = trace->client_ip.value, *helo = trace->helo.value;

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_STRONG, SHEET_INDENT, "%s", ip ? ip : "no client address");
	if (helo && *helo)
		sheet_cut(sheet, PIECE_TEXT, 0, sheet->width * 3 / 10, " %s", helo);
	if (hop && hop->by)
		sheet_add(sheet, PIECE_TEXT, 0, " → %s", hop->by);
	if (hop && hop->tls)
		sheet_add(sheet, PIECE_DIM, 0, "  %s",
			strcmp(hop->tls, "yes") == 0 ? "TLS" : hop->tls);
	if (hop) {
		sheet_where(sheet, hop->field->whole);
		sheet_target(sheet, ROW_HOP, hop->n - 1);
	}
}

void outline_route(struct sheet *sheet, bool all)
{
	const struct trace *trace = sheet->report->evidence.trace;
	const struct hop *hop = border_hop(trace);

	(void)all;
	sheet_section(sheet, "ROUTE");
	if (!trace->count && !trace->client_ip.value) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_WARN, SHEET_INDENT, "no Received field");
		sheet_elastic(sheet, PIECE_TEXT, 0, "; %s", date_note(sheet));
		return;
	}
	entry(sheet, hop);
	sheet_row(sheet, 0);
	if (hop && hop->date.valid)
		sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "%s; ",
			text_date(sheet->arena, hop->date.time, hop->date.offset_s));
	if (hop)
		sheet_elastic(sheet, PIECE_TEXT, hop->date.valid ? 0 : SHEET_INDENT,
			"%s below the border%s; %s",
			text_count(sheet->arena, trace->count - trace->border, "hop"),
			trace->count > trace->border ? ", only claimed" : "", date_note(sheet));
	else
		sheet_elastic(sheet, PIECE_TEXT, SHEET_INDENT, "%s, no border; %s",
			text_count(sheet->arena, trace->count, "hop"), date_note(sheet));
	if (trace->border_assumed) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_WARN, SHEET_INDENT,
			arena_printf(sheet->arena, "the border is assumed%s%s",
				trace->border_why ? ": " : "",
				trace->border_why ? trace->border_why : ""));
	}
}

/* --- the table of hops, as the way was travelled */

static const char *hop_remark(struct sheet *sheet, const struct hop *hop)
{
	if (hop->odd & HOP_UNPARSED)
		return "can't be read";
	if (hop->has_delay && hop->delay_s < 0)
		return "runs backwards";
	if (hop->odd & HOP_NO_DATE)
		return "no date";
	if (hop->gap)
		return "gap: its name does not continue";
	if (hop->odd & HOP_LOCAL)
		return "local";
	if (hop->authenticated)
		return hop->auth_user
			       ? arena_printf(sheet->arena, "authenticated %s", hop->auth_user)
			       : "authenticated";
	if (hop->provider)
		return hop->provider;
	return hop->family ? hop->family : "";
}

static const char *delay_text(struct sheet *sheet, const struct hop *hop)
{
	int64_t s = hop->delay_s, abs = s < 0 ? -s : s;
	char sign = s < 0 ? '-' : '+';

	if (!hop->has_delay)
		return "?";
	if (abs < 100)
		return arena_printf(sheet->arena, "%c%ds", sign, (int)abs);
	if (abs < 100 * 60)
		return arena_printf(sheet->arena, "%c%dm", sign, (int)(abs / 60));
	if (abs < 48 * 3600)
		return arena_printf(sheet->arena, "%c%dh", sign, (int)(abs / 3600));
	return arena_printf(sheet->arena, "%c%lldd", sign, (long long)(abs / 86400));
}

static void hop_row(struct sheet *sheet, const struct hop *hop)
{
	bool wide = sheet->width >= 110;
	unsigned by = 33, name = wide ? 60 : 55, address = wide ? 88 : 77, tls = wide ? 112 : 0;
	const char *from = hop->rdns ? hop->rdns : hop->helo;
	enum piece_kind kind = hop->trust == HOP_CLAIMED ? PIECE_DIM : PIECE_TEXT;

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 0, "%2u", hop->n);
	sheet_add(sheet, kind, 4, "%s",
		hop->date.valid ? arena_printf(sheet->arena, "%.19sZ",
					  moment_text(sheet->arena, hop->date.time))
				: "no date");
	sheet_add(sheet, hop->has_delay && hop->delay_s < 0 ? PIECE_BAD : kind, 25, "%6s",
		delay_text(sheet, hop));
	sheet_cut(sheet, kind, by, name - by - 1, "%s", hop->by ? hop->by : "?");
	sheet_cut(sheet, kind, name, address - name - 1, "%s", from ? from : "unknown");
	sheet_add(sheet, kind, address, "%s", hop->ip ? hop->ip : "none");
	if (tls)
		sheet_add(sheet, kind, tls, "%s", hop->tls ? hop->tls : "");
	sheet_elastic(sheet, hop->trust == HOP_CLAIMED ? PIECE_DIM : PIECE_WARN, 0, "  %s",
		hop_remark(sheet, hop));
	sheet_where(sheet, hop->field->whole);
	sheet_target(sheet, ROW_HOP, hop->n - 1);
}

void outline_hops(struct sheet *sheet)
{
	const struct trace *trace = sheet->report->evidence.trace;
	const struct hop *border = border_hop(trace);
	bool wide = sheet->width >= 110;

	if (!trace->count)
		return;
	sheet_blank(sheet);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 1, "n  time");
	sheet_add(sheet, PIECE_LABEL, 26, "delay");
	sheet_add(sheet, PIECE_LABEL, 33, "by");
	sheet_add(sheet, PIECE_LABEL, wide ? 60 : 55, "from / HELO");
	sheet_add(sheet, PIECE_LABEL, wide ? 88 : 77, "address");
	if (wide)
		sheet_add(sheet, PIECE_LABEL, 112, "TLS");
	if (!border) {
		sheet_row(sheet, 0);
		sheet_elastic(sheet, PIECE_WARN, 0,
			"--- no host of ours is named: every line below is only claimed ---");
	}
	for (size_t i = 0; i < trace->count; i++) {
		hop_row(sheet, &trace->hop[i]);
		if (i + 1 == trace->border && i + 1 < trace->count) {
			sheet_row(sheet, 0);
			sheet_elastic(sheet, PIECE_STRONG, 0,
				"--- trust ends here: %s is %s; below is only claimed ---",
				border->by ? border->by : "this host",
				trace->border_assumed ? "assumed to be the last host of ours"
						      : "the last host of ours");
		}
	}
	if (trace->total_delay_s != TIME_NONE) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, 4, "on the way %s%s",
			trace->total_delay_s < 0 ? "-" : "",
			moment_duration(sheet->arena, trace->total_delay_s < 0
							      ? -trace->total_delay_s
							      : trace->total_delay_s));
	}
	if (trace->border_why) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_DIM, 4, trace->border_why);
	}
}
