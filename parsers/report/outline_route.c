/* SPDX-License-Identifier: ISC */
/* ROUTE: where it came in, and what lies below that; and the table of all hops. */
#include "parsers/findings/common.h"
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
		return message_field(r->evidence.message, NAME_DATE, 0) ? "Date can't be read"
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

/* "Tue 10 Nov 2026 09:12:44 +0000; 2 hops below the border, only claimed" */
static const char *receipt_text(struct sheet *sheet, const struct hop *hop)
{
	const struct trace *trace = sheet->report->evidence.trace;

	if (!hop)
		return arena_printf(sheet->arena, "%s, no border",
			text_count(sheet->arena, trace->count, "hop"));
	return arena_printf(sheet->arena, "%s%s%s below the border%s",
		hop->date.valid ? text_date(sheet->arena, hop->date.time, hop->date.offset_s) : "",
		hop->date.valid ? "; " : "",
		text_count(sheet->arena, trace->count - trace->border, "hop"),
		trace->count > trace->border ? ", only claimed" : "");
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
	sheet_wrap(sheet, PIECE_TEXT, SHEET_INDENT,
		arena_printf(sheet->arena, "%s; %s", receipt_text(sheet, hop), date_note(sheet)));
	if (trace->border_assumed) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_WARN, SHEET_INDENT,
			arena_printf(sheet->arena, "the border is assumed%s%s",
				trace->border_why ? ": " : "",
				trace->border_why ? trace->border_why : ""));
	}
}

bool hop_public(const struct hop *hop)
{
	return !(hop->odd & (HOP_LOCAL | HOP_NOT_SMTP | HOP_UNPARSED)) &&
	       !(hop->addr.family && !ip_public(&hop->addr)) && (hop->addr.family || hop->helo);
}

/* --- the table of hops, as the way was travelled */

/* A name that is known outside one network. */
static bool public_name(const char *name)
{
	const char *dot = name ? strrchr(name, '.') : NULL;

	return dot && strlen(dot) > 2 && strcmp(dot, ".local") != 0 && strcmp(dot, ".lan") != 0 &&
	       strcmp(dot, ".internal") != 0 && strcmp(dot, ".localdomain") != 0;
}

/* A private address where one organisation's host is said to have taken it from another's. */
static bool private_between(const struct evidence *e, const struct hop *hop)
{
	const char *from = hop->rdns ? hop->rdns : hop->helo;

	return hop->addr.family && !ip_public(&hop->addr) && !ip_loopback(&hop->addr) &&
	       !(hop->odd & (HOP_LOCAL | HOP_NOT_SMTP)) && !hop->authenticated &&
	       public_name(from) && public_name(hop->by) && !same_org(e, from, hop->by);
}

static const char *date_trouble(const struct sheet *sheet, const struct hop *hop)
{
	int64_t at = sheet->report->evidence.at;

	if (hop->odd & HOP_NO_DATE)
		return span_chr(hop->field->value, ';') < hop->field->value.len
			       ? "its date can't be read"
			       : "no date";
	if (hop->has_delay && hop->delay_s < 0)
		return "runs backwards";
	if (hop->trust == HOP_CLAIMED && at != TIME_NONE && hop->date.valid &&
		hop->date.time > at + 3600)
		return "in the future";
	return NULL;
}

/* "open" where SMTP over public addresses says nothing of TLS. */
static const char *encryption(const struct hop *hop)
{
	if (hop->tls)
		return strcmp(hop->tls, "yes") == 0 ? "TLS" : hop->tls;
	return hop_public(hop) ? "open" : NULL;
}

static const char *joined(struct sheet *sheet, const char *const *text, size_t count)
{
	const char *all = "";

	for (size_t i = 0; i < count; i++)
		if (text[i])
			all = arena_printf(sheet->arena, "%s%s%s", all, *all ? "; " : "", text[i]);
	return all;
}

/* What is wrong with the line. */
static const char *hop_trouble(struct sheet *sheet, const struct hop *hop)
{
	const char *const trouble[] = {
		hop->odd & HOP_UNPARSED ? "can't be read" : NULL,
		date_trouble(sheet, hop),
		hop->gap ? "gap: the next hop does not say that it received from here" : NULL,
		hop->odd & HOP_BAD_IP ? "its address is none"
		: private_between(&sheet->report->evidence, hop)
			? "a private address between organisations"
			: NULL,
	};

	return joined(sheet, trouble, sizeof trouble / sizeof *trouble);
}

/* How it came, who sent it, and what wrote the line. */
static const char *hop_remark(struct sheet *sheet, const struct hop *hop, bool tls)
{
	const char *const remark[] = {
		tls ? encryption(hop) : NULL,
		hop->odd & HOP_LOCAL ? "local" : NULL,
		!hop->authenticated ? NULL
		: hop->auth_user    ? arena_printf(sheet->arena, "authenticated %s", hop->auth_user)
				    : "authenticated",
		hop->provider ? hop->provider : hop->family,
	};

	return joined(sheet, remark, sizeof remark / sizeof *remark);
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
		return arena_printf(
			sheet->arena, "%c%dh%02d", sign, (int)(abs / 3600), (int)(abs / 60 % 60));
	return arena_printf(sheet->arena, "%c%lldd", sign, (long long)(abs / 86400));
}

/* Columns of the table; the wide one has TLS in a column of its own. */
struct columns {
	unsigned by, from, address, tls;
};

static const struct columns *columns_of(const struct sheet *sheet)
{
	static const struct columns narrow = {20, 44, 68, 0}, wide = {20, 50, 80, 106};

	return sheet->width >= 130 ? &wide : &narrow;
}

static void hop_row(struct sheet *sheet, const struct hop *hop)
{
	const struct columns *c = columns_of(sheet);
	const char *from = hop->rdns ? hop->rdns : hop->helo ? hop->helo : hop->name;
	enum piece_kind kind = hop->trust == HOP_CLAIMED ? PIECE_DIM : PIECE_TEXT;
	const char *tls = encryption(hop), *remark = hop_remark(sheet, hop, !c->tls);

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 0, "%2u", hop->n);
	sheet_add(sheet, kind, 4, "%s",
		hop->date.valid ? arena_printf(sheet->arena, "%.8s",
					  moment_text(sheet->arena, hop->date.time) + 11)
				: "?");
	sheet_add(sheet, hop->has_delay && hop->delay_s < 0 ? PIECE_BAD : kind, 12, "%6s",
		delay_text(sheet, hop));
	sheet_cut(sheet, kind, c->by, c->from - c->by - 1, "%s", hop->by ? hop->by : "?");
	sheet_cut(sheet, kind, c->from, c->address - c->from - 1, "%s", from ? from : "unknown");
	sheet_add(sheet, kind, c->address, "%s", hop->ip ? hop->ip : "none");
	if (c->tls && tls)
		sheet_add(sheet, kind, c->tls, "%s", tls);
	sheet_elastic(sheet, kind, 0, "%s%s", *remark ? "  " : "", remark);
	sheet_where(sheet, hop->field->whole);
	sheet_target(sheet, ROW_HOP, hop->n - 1);
	if (*hop_trouble(sheet, hop)) {
		sheet_row(sheet, 0);
		sheet_elastic(sheet, PIECE_WARN, c->by, "%s", hop_trouble(sheet, hop));
		sheet_where(sheet, hop->field->whole);
		sheet_target(sheet, ROW_HOP, hop->n - 1);
	}
}

/* The day stands above the first of its hops. */
static void day_row(struct sheet *sheet, const struct hop *hop, int64_t *last)
{
	int64_t day = hop->date.time / 86400;

	if (!hop->date.valid || day == *last)
		return;
	*last = day;
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 4, "%.10s UTC", moment_text(sheet->arena, hop->date.time));
}

static void border_row(struct sheet *sheet, const struct hop *border)
{
	const struct trace *trace = sheet->report->evidence.trace;

	sheet_row(sheet, 0);
	sheet_elastic(sheet, PIECE_STRONG, 0, "--- above is only claimed; from here on: %s, %s ---",
		border->by ? border->by : "the next line",
		trace->border_assumed ? "assumed to be ours" : "ours");
}

/* In the order of the way: the oldest line, which stands last in the message, comes first. */
void outline_hops(struct sheet *sheet)
{
	const struct trace *trace = sheet->report->evidence.trace;
	const struct hop *border = border_hop(trace);
	const struct columns *c = columns_of(sheet);
	int64_t day = TIME_NONE;

	if (!trace->count)
		return;
	sheet_blank(sheet);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 1, "n  time");
	sheet_add(sheet, PIECE_LABEL, 13, "delay");
	sheet_add(sheet, PIECE_LABEL, c->by, "by");
	sheet_add(sheet, PIECE_LABEL, c->from, "from / HELO");
	sheet_add(sheet, PIECE_LABEL, c->address, "address");
	if (c->tls)
		sheet_add(sheet, PIECE_LABEL, c->tls, "TLS");
	for (size_t i = trace->count; i-- > 0;) {
		if (i + 1 == trace->border && i + 1 < trace->count)
			border_row(sheet, border);
		day_row(sheet, &trace->hop[i], &day);
		hop_row(sheet, &trace->hop[i]);
	}
	if (!border) {
		sheet_row(sheet, 0);
		sheet_elastic(sheet, PIECE_WARN, 0,
			"--- no host of ours is named: every line above is only claimed ---");
	}
	if (trace->total_delay_s != TIME_NONE) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, 4, "on the way %s%s",
			trace->total_delay_s < 0 ? "-" : "",
			moment_duration(sheet->arena, trace->total_delay_s < 0
							      ? -trace->total_delay_s
							      : trace->total_delay_s));
	}
	if (trace->border_why && !trace->border_assumed) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_DIM, 4, trace->border_why);
	}
}
