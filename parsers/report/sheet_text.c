/* SPDX-License-Identifier: ISC */
/* Texts that several sections use. */
#include "parsers/report/sheet.h"

#include <stdio.h>
#include <string.h>

const char *text_number(struct arena *arena, uint64_t n)
{
	if (n < 1000)
		return arena_printf(arena, "%u", (unsigned)n);
	return arena_printf(arena, "%s,%03u", text_number(arena, n / 1000), (unsigned)(n % 1000));
}

const char *text_count(struct arena *arena, uint64_t n, const char *thing)
{
	return arena_printf(
		arena, "%s %s%s", n ? text_number(arena, n) : "no", thing, n == 1 ? "" : "s");
}

const char *text_date(struct arena *arena, int64_t time, int offset_s)
{
	static const char day[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char month[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

	if (time == TIME_NONE)
		return "no date";

	struct civil c = moment_civil(time + offset_s);
	int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	return arena_printf(arena, "%s %d %s %lld %02d:%02d:%02d %c%02d%02d", day[c.weekday], c.day,
		month[c.month - 1], (long long)c.year, c.hour, c.minute, c.second,
		offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

const char *text_place(const struct sheet *sheet, struct span where)
{
	struct span raw = sheet->report->evidence.message->raw;

	if (!span_within(raw, where))
		return "";
	return arena_printf(sheet->arena, "@%zu+%zu", span_offset(raw, where), where.len);
}

const char *text_list(struct arena *arena, const char *const *text, size_t count, size_t most)
{
	struct buffer b = BUFFER_INIT;
	size_t shown = count > most ? most : count;

	for (size_t i = 0; i < shown; i++) {
		if (i)
			buffer_str(&b, i + 1 == count ? " and " : ", ");
		buffer_str(&b, text[i]);
	}
	if (count > shown)
		buffer_printf(&b, " and %zu more", count - shown);

	const char *ret = arena_strdup(arena, buffer_text(&b));

	buffer_release(&b);
	return ret;
}

const char *text_joined(struct arena *arena, const char *const *text, size_t count)
{
	const char *ret = count ? text[0] : "";

	for (size_t i = 1; i < count && i < 20; i++)
		ret = arena_printf(arena, "%s, %s", ret, text[i]);
	return ret;
}

const char *field_title(struct arena *arena, const char *name)
{
	static const char *const upper[] = {"id", "mime", "dkim", "arc", "spf"};
	char *ret = arena_strdup(arena, name);

	for (char *word = ret; *word;) {
		size_t len = strcspn(word, "-");
		bool all = false;

		for (size_t i = 0; i < sizeof upper / sizeof *upper && !all; i++)
			all = strlen(upper[i]) == len && strncmp(word, upper[i], len) == 0;
		for (size_t i = 0; i < len; i++)
			if ((i == 0 || all) && word[i] >= 'a' && word[i] <= 'z')
				word[i] = (char)(word[i] - 32);
		word += len + (word[len] != '\0');
	}
	return ret;
}

enum piece_kind kind_of_result(enum result result)
{
	switch (result) {
	case RESULT_PASS:
		return PIECE_GOOD;
	case RESULT_FAIL:
	case RESULT_PERMERROR:
		return PIECE_BAD;
	case RESULT_NONE:
	case RESULT_NEUTRAL:
		return PIECE_TEXT;
	default:
		return PIECE_WARN;
	}
}

enum piece_kind kind_of_severity(enum severity severity)
{
	return severity >= SEVERITY_HIGH  ? PIECE_BAD
	       : severity >= SEVERITY_LOW ? PIECE_WARN
					  : PIECE_DIM;
}

enum piece_kind kind_of_author(const struct report *r)
{
	switch (r->author) {
	case AUTHOR_PROVEN:
		return r->severity >= SEVERITY_HIGH ? PIECE_BAD : PIECE_GOOD;
	case AUTHOR_UNPROVEN:
	case AUTHOR_UNKNOWN:
		return PIECE_WARN;
	default:
		return PIECE_BAD;
	}
}

const char *text_key(struct arena *arena, const struct dkim_key *key)
{
	if (!key->type)
		return "";
	if (strcmp(key->type, "ed25519") == 0)
		return "Ed25519";
	return key->bits ? arena_printf(arena, "%s %u",
				   strcmp(key->type, "rsa") == 0 ? "RSA" : key->type, key->bits)
			 : key->type;
}

int domain_relation(const struct report *report, const char *domain)
{
	const struct evidence *e = &report->evidence;

	if (!domain || !*domain || !e->author_domain)
		return -1;
	if (strcmp(domain, e->author_domain) == 0)
		return 2;
	return strcmp(psl_org_domain(e->psl, domain),
		       psl_org_domain(e->psl, e->author_domain)) == 0;
}

bool signature_covers(const struct dkim_signature *s, const struct field *field)
{
	for (size_t i = 0; i < s->signed_field_count; i++)
		if (s->covered && s->covered[i] == field)
			return true;
	return false;
}

const struct dkim_signature *proving_signature(const struct report *report)
{
	const struct evidence *e = &report->evidence;
	const unsigned char *alignment = e->dmarc->dkim_alignment;
	const struct dkim_signature *best = NULL;

	for (size_t i = 0; alignment && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result != RESULT_PASS || !alignment[i])
			continue;
		if (!best || s->body_uncovered < best->body_uncovered ||
			(s->body_uncovered == best->body_uncovered &&
				s->unsigned_field_count < best->unsigned_field_count))
			best = s;
	}
	return best;
}
