/* SPDX-License-Identifier: ISC */
#include "parsers/dns/import.h"

#include <ctype.h>

#include "parsers/dns/snapshot.h"

void import_answer(struct import *import, const struct dns_answer *answer)
{
	const struct dns_record *first = answer->count ? answer->record : NULL;
	const char *server = first ? first->server : answer->server;

	snapshot_write_recorded(import->out, first ? first->recorded : answer->recorded,
		server && *server ? server : import->source, DNSSEC_UNKNOWN);
	snapshot_write_data(import->out, answer);
	import->answers++;
}

/* RFC 3339, or with a blank between date and time and without a zone, as databases write UTC. */
static int64_t read_time(struct arena *arena, struct span s)
{
	char *text = arena_text(arena, span_trim(s));
	int64_t time;

	if (moment_parse(span_of(text), &time))
		return time;
	if (strlen(text) >= 19 && (text[10] == ' ' || text[10] == 'T')) {
		text[10] = 'T';
		text[19] = 0;
		if (moment_parse(span_of(arena_printf(arena, "%sZ", text)), &time))
			return time;
	}
	return TIME_NONE;
}

/* Strings as dig prints them, in quotes with escapes, or the text itself. */
static struct span read_value(struct arena *arena, struct span value)
{
	struct buffer text = BUFFER_INIT;
	bool quoted = value.len && value.ptr[0] == '"';
	struct span ret;

	for (size_t i = 0, in = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i];

		if (quoted && c == '"')
			in = !in;
		else if (quoted && in && c == '\\' && i + 1 < value.len)
			buffer_char(&text, (char)value.ptr[++i]);
		else if (!quoted || in)
			buffer_char(&text, (char)c);
	}
	if (span_find(buffer_view(&text), SPAN("p="), 0) == text.len) {
		struct buffer whole = BUFFER_INIT;

		buffer_str(&whole, "v=DKIM1; k=rsa; p=");
		buffer_span(&whole, buffer_view(&text));
		buffer_release(&text);
		text = whole;
	}
	ret = arena_copy(arena, buffer_view(&text));
	buffer_release(&text);
	return ret;
}

void import_key(struct import *import, unsigned line, struct span domain, struct span selector,
	struct span value, struct span first, struct span last)
{
	struct arena *arena = import->arena;
	struct buffer name = BUFFER_INIT;

	buffer_span(&name, span_trim(selector));
	buffer_str(&name, "._domainkey.");
	buffer_span(&name, span_trim(domain));

	const char *lower = arena_lower(arena, buffer_view(&name));
	struct dns_record record = {
		.txt = read_value(arena, span_trim(value)),
		.ttl = 3600,
		.recorded = TIME_NONE,
		.window_from = read_time(arena, first),
		.window_to = read_time(arena, last),
		.window_source = import->source,
		.dnssec = DNSSEC_UNKNOWN,
	};
	struct dns_answer answer = {.status = DNS_FOUND,
		.record = &record,
		.count = 1,
		.name = lower,
		.canonical = lower,
		.type = DNS_TXT,
		.dnssec = DNSSEC_UNKNOWN};

	buffer_release(&name);
	if (!span_trim(domain).len || !span_trim(selector).len || !span_trim(value).len ||
		!dns_name_ok(lower))
		import->tell(
			import->data, import->file, line, "no domain, selector and value of a key");
	else
		import_answer(import, &answer);
}

/* --- CSV and TSV with a first line of names */

enum column { COLUMN_DOMAIN, COLUMN_SELECTOR, COLUMN_VALUE, COLUMN_FIRST, COLUMN_LAST, COLUMNS };

int import_column(struct span word)
{
	static const struct {
		const char *word;
		enum column column;
	} table[] = {
		{"domain", COLUMN_DOMAIN},
		{"d", COLUMN_DOMAIN},
		{"selector", COLUMN_SELECTOR},
		{"s", COLUMN_SELECTOR},
		{"value", COLUMN_VALUE},
		{"record", COLUMN_VALUE},
		{"txt", COLUMN_VALUE},
		{"key", COLUMN_VALUE},
		{"dkimrecord", COLUMN_VALUE},
		{"firstseenat", COLUMN_FIRST},
		{"firstseen", COLUMN_FIRST},
		{"first", COLUMN_FIRST},
		{"from", COLUMN_FIRST},
		{"lastseenat", COLUMN_LAST},
		{"lastseen", COLUMN_LAST},
		{"last", COLUMN_LAST},
		{"to", COLUMN_LAST},
	};
	char plain[32];
	size_t len = 0;

	word = span_trim(word);
	for (size_t i = 0; i < word.len && len < sizeof plain - 1; i++)
		if (word.ptr[i] != '_' && word.ptr[i] != '-' && word.ptr[i] != ' ')
			plain[len++] = (char)ascii_lower(word.ptr[i]);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (span_is(span_make(plain, len), table[i].word))
			return (int)table[i].column;
	return -1;
}

/* Takes one cell (RFC 4180: in quotes, doubled quotes inside) off *REST, which may go over line
 * ends. */
static struct span take_cell(
	struct arena *arena, struct span *rest, uint8_t separator, bool *ret_last, unsigned *line)
{
	struct buffer cell = BUFFER_INIT;
	size_t i = 0;
	bool quoted = rest->len && rest->ptr[0] == '"';

	for (i = quoted; i < rest->len; i++) {
		uint8_t c = rest->ptr[i];

		*line += c == '\n' && quoted;
		if (quoted && c == '"') {
			if (i + 1 < rest->len && rest->ptr[i + 1] == '"')
				i++;
			else {
				quoted = false;
				continue;
			}
		} else if (!quoted && (c == separator || c == '\n')) {
			break;
		}
		buffer_char(&cell, (char)c);
	}
	*ret_last = i >= rest->len || rest->ptr[i] == '\n';
	*line += i < rest->len && rest->ptr[i] == '\n';
	*rest = span_skip(*rest, i + 1);

	struct span ret = span_trim(arena_copy(arena, buffer_view(&cell)));

	buffer_release(&cell);
	return ret;
}

bool import_table(struct import *import, struct span text)
{
	struct span head = span_sub(text, 0, span_chr(text, '\n'));
	uint8_t separator = span_chr(head, '\t') < head.len  ? '\t'
			    : span_chr(head, ';') < head.len ? ';'
							     : ',';
	int column[64];
	size_t columns = 0;
	unsigned seen = 0, line = 1;
	bool last = false;

	while (!last && text.len && columns < 64) {
		column[columns] =
			import_column(take_cell(import->arena, &text, separator, &last, &line));
		if (column[columns] >= 0)
			seen |= 1u << column[columns];
		columns++;
	}
	if (!(seen & 1u << COLUMN_DOMAIN) || !(seen & 1u << COLUMN_SELECTOR) ||
		!(seen & 1u << COLUMN_VALUE))
		return false;
	while (text.len) {
		struct span cell[COLUMNS] = {SPAN_NONE, SPAN_NONE, SPAN_NONE, SPAN_NONE, SPAN_NONE};
		unsigned begin = line;
		size_t filled = 0;

		last = false;
		for (size_t i = 0; !last && text.len; i++) {
			struct span s = take_cell(import->arena, &text, separator, &last, &line);

			filled += s.len;
			if (i < columns && column[i] >= 0)
				cell[column[i]] = s;
		}
		if (filled)
			import_key(import, begin, cell[0], cell[1], cell[2], cell[3], cell[4]);
	}
	return true;
}

/* --- which form */

static const char *one_word(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/');
	char *word = arena_strdup(arena, slash && slash[1] ? slash + 1 : file);

	for (char *p = word; *p; p++)
		if (!isgraph((unsigned char)*p))
			*p = '_';
	return word;
}

/* A master file is a snapshot as it is. */
static void import_master(struct import *import, struct span text)
{
	struct dns *dns = snapshot_parse(text, import->file, NULL, NULL);
	const struct snapshot *snapshot = snapshot_of(dns);

	for (size_t i = 0; i < snapshot->zone.problem_count; i++)
		import->tell(import->data, import->file, snapshot->zone.problem[i].line,
			snapshot->zone.problem[i].text);
	import->answers += snapshot->zone.count;
	if (snapshot->zone.count) {
		snapshot_write_recorded(import->out, TIME_NONE, import->source, DNSSEC_UNKNOWN);
		buffer_str(import->out, ";@ window - -\n$ORIGIN .\n");
		buffer_span(import->out, text);
		buffer_str(import->out, "\n$ORIGIN .\n");
	}
	dns_free(dns);
}

size_t dns_import(struct buffer *out, struct span text, const char *file,
	void (*tell)(void *data, const char *file, unsigned line, const char *what), void *data)
{
	struct import import = {
		.arena = arena_new(), .out = out, .file = file, .tell = tell, .data = data};

	import.source = one_word(import.arena, file);
	if (span_starts(text, "\xEF\xBB\xBF"))
		text = span_skip(text, 3);
	if (!import_json(&import, text) && !import_replies(&import, text) &&
		!import_table(&import, text))
		import_master(&import, text);
	arena_free(import.arena);
	return import.answers;
}
