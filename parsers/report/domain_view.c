/* SPDX-License-Identifier: ISC */
/* A domain report as rows and as JSON. */
#include "parsers/report/domain.h"
#include "parsers/report/json.h"
#include "parsers/report/sheet.h"

static void show_note(struct sheet *sheet, const struct domain_note *note)
{
	sheet_row(sheet, 0);
	sheet_add(sheet, kind_of_severity(note->severity), SHEET_INDENT, "%-8s",
		severity_word(note->severity));
	sheet_add(sheet, PIECE_CODE, SHEET_INDENT + 9, "%-23s", note->code);
	sheet_wrap(sheet, PIECE_TEXT, SHEET_INDENT + 33, note->text);
	if (!note->advice)
		return;
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_MARK, SHEET_INDENT + 31, "=");
	sheet_wrap(sheet, PIECE_DIM, SHEET_INDENT + 33,
		arena_printf(sheet->arena, "%s (%s)", note->advice, note->clause));
}

static void show_section(struct sheet *sheet, const struct domain_section *s)
{
	sheet_section(sheet, s->name);
	sheet_row(sheet, 0);
	sheet_wrap(sheet, PIECE_STRONG, SHEET_INDENT, s->summary ? s->summary : "-");
	for (size_t i = 0; i < s->line_count; i++) {
		sheet_row(sheet, 1);
		sheet_elastic(sheet, PIECE_DIM, SHEET_INDENT + 2, "%s", s->line[i]);
	}
	for (size_t i = 0; i < s->note_count; i++)
		show_note(sheet, &s->note[i]);
}

static void show_head(struct sheet *sheet, const struct domain_report *r)
{
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 0, "mailcheck");
	sheet_add(sheet, PIECE_STRONG, 12, "%s", r->domain);
	if (strcmp(r->org, r->domain) != 0)
		sheet_add(sheet, PIECE_DIM, 0, "  of %s", r->org);
	sheet_blank(sheet);
	sheet_row(sheet, 0);
	if (r->notes)
		sheet_add(sheet, kind_of_severity(r->severity), 2, "%s, the worst %s",
			text_count(sheet->arena, r->notes, "remark"), severity_word(r->severity));
	else
		sheet_add(sheet, PIECE_GOOD, 2, "no remarks");
	if (r->no_mail)
		sheet_add(sheet, PIECE_TEXT, 0, "; it says that it has no mail");
}

const struct outline *domain_outline(
	struct arena *arena, const struct domain_report *r, unsigned width)
{
	struct sheet sheet;

	sheet_init(&sheet, arena, NULL, width);
	show_head(&sheet, r);
	for (size_t i = 0; i < DOMAIN_SECTIONS; i++)
		show_section(&sheet, &r->section[i]);
	if (r->missing_count) {
		sheet_section(&sheet, "NOT KNOWN");
		sheet_row(&sheet, 0);
		sheet_wrap(&sheet, PIECE_WARN, SHEET_INDENT,
			arena_printf(arena, "not recorded: %s",
				text_list(arena, r->missing, r->missing_count, 8)));
	}
	return sheet.outline;
}

static void json_note(struct json *j, const struct domain_note *note)
{
	member_open(j, NULL, '{');
	member_text(j, "code", note->code);
	member_text(j, "severity", severity_word(note->severity));
	member_text(j, "text", note->text);
	member_text(j, "advice", note->advice);
	member_text(j, "clause", note->clause);
	member_close(j, '}');
}

static void json_section(struct json *j, const struct domain_section *s)
{
	member_open(j, NULL, '{');
	member_text(j, "name", s->name);
	member_text(j, "summary", s->summary);
	member_open(j, "lines", '[');
	for (size_t i = 0; i < s->line_count; i++)
		member_text(j, NULL, s->line[i]);
	member_close(j, ']');
	member_open(j, "notes", '[');
	for (size_t i = 0; i < s->note_count; i++)
		json_note(j, &s->note[i]);
	member_close(j, ']');
	member_close(j, '}');
}

void domain_json(struct buffer *out, const struct domain_report *r)
{
	struct json j = {.out = out};

	member_open(&j, NULL, '{');
	member_text(&j, "schema", DOMAIN_SCHEMA);
	member_text(&j, "type", "domain");
	member_text(&j, "domain", r->domain);
	member_text(&j, "org_domain", r->org);
	member_bool(&j, "no_mail", r->no_mail);
	member_text(&j, "severity", severity_word(r->severity));
	member_bool(&j, "complete", r->missing_count == 0);
	member_open(&j, "sections", '[');
	for (size_t i = 0; i < DOMAIN_SECTIONS; i++)
		json_section(&j, &r->section[i]);
	member_close(&j, ']');
	member_open(&j, "missing", '[');
	for (size_t i = 0; i < r->missing_count; i++)
		member_text(&j, NULL, r->missing[i]);
	member_close(&j, ']');
	member_close(&j, '}');
	buffer_char(out, '\n');
}
