/* SPDX-License-Identifier: ISC */
#include "parsers/dns/zone.h"

#include <stdlib.h>

#include "parsers/dns/wire.h"

/* A record over more lines or bytes than this has lost its ")": only its first line is given up. */
enum { RECORD_LINES_MAX = 400, RECORD_BYTES_MAX = 512 * 1024, DEFAULT_TTL = 3600 };

struct reader {
	struct zone *zone;
	const char *file;
	struct span rest;
	unsigned line;      /* of the record at hand, from 1 */
	unsigned next_line; /* of rest */
	struct buffer text; /* the record without comments, line ends and parentheses */
	ldns_rdf *origin;
	ldns_rdf *owner; /* of the last record; NULL: none, or it could not be read */
	const char *owner_name;
	uint32_t ttl;
	unsigned block;
	enum dnssec dnssec;
	enum dns_origin origin_word;
	int64_t window_from, window_to;
	const char *window_source;
};

void zone_problem(struct zone *zone, const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *text = arena_vprintf(zone->arena, fmt, ap);
	va_end(ap);
	*LIST_ADD(zone->arena, zone->problem, zone->problem_count, zone->problem_room) =
		(struct snapshot_problem){file, line, text};
}

static void problem(struct reader *reader, const char *what, struct span word)
{
	word = span_sub(word, 0, 60);
	if (word.len)
		zone_problem(reader->zone, reader->file, reader->line, "%s '%.*s'", what,
			SPAN_ARG(word));
	else
		zone_problem(reader->zone, reader->file, reader->line, "%s", what);
}

/* A name relative to the origin unless it ends with a dot (RFC 1035 5.1); to be freed; NULL where
 * it is none. */
static ldns_rdf *read_name(struct reader *reader, struct span word)
{
	char text[1024];
	ldns_rdf *name;

	if (!word.len || word.len >= sizeof text || memchr(word.ptr, 0, word.len))
		return NULL;
	if (span_is(word, "@"))
		return ldns_rdf_clone(reader->origin);
	memcpy(text, word.ptr, word.len);
	text[word.len] = 0;
	name = ldns_dname_new_frm_str(text);
	if (name && !ldns_dname_str_absolute(text) &&
		ldns_dname_cat(name, reader->origin) != LDNS_STATUS_OK) {
		ldns_rdf_deep_free(name);
		return NULL;
	}
	return name;
}

static const char *read_name_text(struct reader *reader, struct span word)
{
	ldns_rdf *name = read_name(reader, word);
	const char *text = name ? wire_name(reader->zone->arena, name) : NULL;

	ldns_rdf_deep_free(name);
	return text;
}

static struct zone_entry *add_entry(struct reader *reader, const char *name, uint32_t type)
{
	struct zone *zone = reader->zone;
	struct zone_entry *entry = LIST_ADD(zone->arena, zone->entry, zone->count, zone->room);

	entry->name = name;
	entry->type = type;
	entry->block = reader->block;
	entry->line = reader->line;
	entry->order = zone->count;
	entry->dnssec = reader->dnssec;
	return entry;
}

static unsigned open_block(struct reader *reader, int64_t recorded, const char *server)
{
	struct zone *zone = reader->zone;

	*LIST_ADD(zone->arena, zone->block, zone->block_count, zone->block_room) =
		(struct zone_block){recorded, server, (unsigned)zone->file_count - 1};
	return (unsigned)zone->block_count - 1;
}

/* --- annotations */

static void at_complete(struct reader *reader, struct span rest)
{
	(void)rest;
	reader->zone->complete = true;
}

static void at_nxdomain(struct reader *reader, struct span rest)
{
	struct span word = wire_take_word(&rest);
	const char *name = read_name_text(reader, word);

	if (name)
		add_entry(reader, name, ZONE_TYPE_NAME)->kind = ZONE_NXDOMAIN;
	else
		problem(reader, "no name in ;@ nxdomain", word);
}

/* NAME TYPE of nodata, servfail and timeout; what follows is left in REST. */
static struct zone_entry *at_name_type(struct reader *reader, struct span *rest)
{
	struct span word = wire_take_word(rest), type_word = wire_take_word(rest);
	const char *name = read_name_text(reader, word);
	uint32_t type = span_is(type_word, "*") ? ZONE_TYPE_ANY : wire_type(type_word);

	if (!name)
		return problem(reader, "no name in annotation", word), NULL;
	if (!type)
		return problem(reader, "unknown type in annotation", type_word), NULL;
	return add_entry(reader, name, type);
}

static void at_nodata(struct reader *reader, struct span rest)
{
	struct zone_entry *entry = at_name_type(reader, &rest);

	if (entry)
		entry->kind = ZONE_NODATA;
}

/* A word after the type says more closely how it failed ("REFUSED"). */
static void at_failed(struct reader *reader, struct span rest, const char *detail)
{
	struct zone_entry *entry = at_name_type(reader, &rest);

	if (entry) {
		entry->kind = ZONE_FAILED;
		rest = span_trim(rest);
		entry->detail = rest.len ? arena_text(reader->zone->arena, rest) : detail;
	}
}

static void at_servfail(struct reader *reader, struct span rest)
{
	at_failed(reader, rest, "SERVFAIL");
}

static void at_timeout(struct reader *reader, struct span rest)
{
	at_failed(reader, rest, "timeout");
}

/* "ADDRESS#PORT" or an address: it was asked over the network. */
static bool is_address(struct span server)
{
	char text[64];
	struct span host = span_sub(server, 0, span_chr(server, '#'));
	ldns_rdf *rdf = NULL;

	if (!host.len || host.len >= sizeof text)
		return false;
	memcpy(text, host.ptr, host.len);
	text[host.len] = 0;
	if (span_chr(host, ':') < host.len)
		(void)ldns_str2rdf_aaaa(&rdf, text);
	else
		(void)ldns_str2rdf_a(&rdf, text);

	bool is = rdf != NULL;

	ldns_rdf_deep_free(rdf);
	return is;
}

static bool read_dnssec(struct span word, enum dnssec *ret)
{
	for (int i = DNSSEC_SECURE; i <= DNSSEC_UNKNOWN; i++) {
		if (span_iis(word, dnssec_word((enum dnssec)i))) {
			*ret = (enum dnssec)i;
			return true;
		}
	}
	return false;
}

/* ;@ recorded TIME SERVER [secure|insecure|bogus|unsigned] */
static void at_recorded(struct reader *reader, struct span rest)
{
	struct span time_word = wire_take_word(&rest), server = wire_take_word(&rest),
		    word = wire_take_word(&rest);
	const struct zone_block *now = &reader->zone->block[reader->block];
	int64_t time = TIME_NONE;

	if (!span_is(time_word, "-") && !moment_parse(time_word, &time)) {
		problem(reader, "no time in ;@ recorded", time_word);
		return;
	}
	reader->dnssec = DNSSEC_UNKNOWN;
	if (word.len && !read_dnssec(word, &reader->dnssec))
		problem(reader, "unknown word in ;@ recorded", word);
	if (time != now->recorded || !now->server || !span_is(server, now->server))
		reader->block = open_block(reader, time, arena_text(reader->zone->arena, server));
	reader->origin_word = is_address(server) ? DNS_ORIGIN_LIVE : DNS_ORIGIN_SNAPSHOT;
	if (time > reader->zone->recorded)
		reader->zone->recorded = time;
}

static bool read_bound(struct span word, int64_t *ret)
{
	*ret = TIME_NONE;
	return span_is(word, "-") || moment_parse(word, ret);
}

/* ;@ window FROM TO SOURCE: a TO that is a day means its end. "- -" without a source closes the
 * window before. */
static void at_window(struct reader *reader, struct span rest)
{
	struct span from = wire_take_word(&rest), to = wire_take_word(&rest), source = span_trim(rest);
	int64_t from_time, to_time;

	if (!read_bound(from, &from_time) || !read_bound(to, &to_time)) {
		problem(reader, "no time in ;@ window", from_time == TIME_NONE ? from : to);
		return;
	}
	if (to_time != TIME_NONE && to.len == 10 && span_chr(to, '-') == 4)
		to_time += 86399;
	reader->window_from = from_time;
	reader->window_to = to_time;
	reader->window_source = NULL;
	if (source.len || from_time != TIME_NONE || to_time != TIME_NONE)
		reader->window_source = arena_text(reader->zone->arena, source);
}

static const struct {
	const char *word;
	void (*read)(struct reader *, struct span);
} annotations[] = {
	{"complete", at_complete},
	{"nxdomain", at_nxdomain},
	{"nodata", at_nodata},
	{"servfail", at_servfail},
	{"timeout", at_timeout},
	{"recorded", at_recorded},
	{"window", at_window},
};

static void read_annotation(struct reader *reader, struct span rest)
{
	struct span word = wire_take_word(&rest);

	for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++) {
		if (span_iis(word, annotations[i].word)) {
			annotations[i].read(reader, rest);
			return;
		}
	}
	problem(reader, "unknown annotation", word);
}

/* --- records */

/* Where the scanner of one record stands. */
struct scan {
	size_t at;
	unsigned lines, depth;
	bool quoted;
};

/* A line end: true where the record ends with it. */
static bool scan_line_end(struct reader *reader, struct scan *scan)
{
	scan->lines++;
	buffer_char(&reader->text, ' ');
	return !scan->depth;
}

/* How many bytes stand for themselves from AT on, in quotes or not. */
static size_t scan_plain(struct span s, size_t at)
{
	static const bool special[256] = {[0] = true, ['\n'] = true, ['\r'] = true, ['"'] = true,
		['('] = true, [')'] = true, [';'] = true, ['\\'] = true};
	size_t from = at;

	while (at < s.len && !special[s.ptr[at]])
		at++;
	return at - from;
}

/* Takes one character (or an escape, or a comment). NULL, or why the record can't be read. */
static const char *scan_one(struct reader *reader, struct scan *scan)
{
	struct span s = reader->rest;
	uint8_t c = s.ptr[scan->at++];

	switch (c) {
	case 0:
		return "a NUL byte";
	case '\\':
		if (scan->at == s.len || s.ptr[scan->at] == '\n' || s.ptr[scan->at] == '\r' ||
			!s.ptr[scan->at])
			return "nothing after a backslash";
		buffer_char(&reader->text, '\\');
		c = s.ptr[scan->at++];
		break;
	case '"':
		scan->quoted = !scan->quoted;
		break;
	case '(':
	case ')':
		if (scan->quoted)
			break;
		if (c == ')' && !scan->depth)
			return "a ')' without its '('";
		scan->depth += c == '(' ? 1 : -1u;
		c = ' ';
		break;
	case ';':
		if (scan->quoted)
			break;
		while (scan->at < s.len && s.ptr[scan->at] != '\n')
			scan->at++;
		return NULL;
	case '\r':
		if (scan->at < s.len && s.ptr[scan->at] == '\n')
			return NULL;
		break;
	default:
		break;
	}
	buffer_char(&reader->text, (char)c);
	return NULL;
}

/*
 * RFC 1035 5.1: an entry is one line, except that parentheses carry it over line ends and `;`
 * begins a comment. Moves past the record, or past its first line where it can't be read.
 */
static bool scan_record(struct reader *reader)
{
	struct scan scan = {0};
	const char *why = NULL;
	size_t first_end = span_chr(reader->rest, '\n') + 1;

	buffer_clear(&reader->text);
	while (!why && scan.at < reader->rest.len) {
		size_t plain = scan_plain(reader->rest, scan.at);

		if (plain) {
			buffer_add(&reader->text, reader->rest.ptr + scan.at, plain);
			scan.at += plain;
		} else if (reader->rest.ptr[scan.at] == '\n') {
			if (scan.quoted)
				why = "a quote is not closed";
			scan.at++;
			if (!why && scan_line_end(reader, &scan))
				goto done;
		} else {
			why = scan_one(reader, &scan);
		}
		if (scan.lines > RECORD_LINES_MAX || reader->text.len > RECORD_BYTES_MAX)
			why = "a '(' is not closed";
	}
	if (!why && scan.quoted)
		why = "a quote is not closed";
	if (!why && scan.depth)
		why = "a '(' is not closed";
	if (why) {
		problem(reader, why, SPAN_NONE);
		reader->rest = span_skip(reader->rest, first_end);
		reader->next_line++;
		return false;
	}
	scan.lines++;
done:
	reader->rest = span_skip(reader->rest, scan.at);
	reader->next_line += scan.lines;
	return true;
}

/* A TTL: digits, or digits with units of time ("1h30m"), as servers read it. */
static bool read_ttl(struct span word, uint32_t *ret)
{
	uint64_t total = 0, part = 0;
	bool digits = false;

	for (size_t i = 0; i < word.len; i++) {
		static const char units[] = "smhdw";
		static const uint32_t seconds[] = {1, 60, 3600, 86400, 604800};
		const char *unit = strchr(units, ascii_lower(word.ptr[i]));

		if (is_digit(word.ptr[i])) {
			part = part * 10 + (uint64_t)(word.ptr[i] - '0');
			digits = true;
		} else if (unit && *unit && digits) {
			total += part * seconds[unit - units];
			part = 0;
			digits = false;
		} else {
			return false;
		}
		if (total + part > UINT32_MAX)
			return false;
	}
	*ret = (uint32_t)(total + part);
	return word.len && is_digit(word.ptr[0]);
}

static void read_directive(struct reader *reader, struct span rest)
{
	struct span word = wire_take_word(&rest), value = wire_take_word(&rest);
	ldns_rdf *name;

	if (span_iis(word, "$TTL")) {
		if (!read_ttl(value, &reader->ttl))
			problem(reader, "no time in $TTL", value);
	} else if (span_iis(word, "$ORIGIN")) {
		name = read_name(reader, value);
		if (!name) {
			problem(reader, "no name in $ORIGIN", value);
			return;
		}
		ldns_rdf_deep_free(reader->origin);
		reader->origin = name;
	} else { /* $INCLUDE would read a file that the user did not name */
		problem(reader, "directive not read", word);
	}
}

/* The owner at the front of REST; blank stands for the last one. False: none is known. */
static bool read_owner(struct reader *reader, struct span *rest)
{
	if (is_space(rest->ptr[0])) {
		if (!reader->owner)
			problem(reader, "no name for this record", SPAN_NONE);
		return reader->owner != NULL;
	}

	struct span word = wire_take_word(rest);
	const char *name;

	ldns_rdf_deep_free(reader->owner);
	reader->owner = read_name(reader, word);
	name = reader->owner ? wire_name(reader->zone->arena, reader->owner) : NULL;
	if (!name) {
		problem(reader, "not a name", word);
		ldns_rdf_deep_free(reader->owner);
		reader->owner = NULL;
		return false;
	}
	if (!reader->owner_name || strcmp(reader->owner_name, name) != 0)
		reader->owner_name = name;
	return true;
}

/* [TTL] [class] type, or [class] [TTL] type (RFC 1035 5.1). The type, or 0. */
static unsigned read_head(struct reader *reader, struct span *rest, uint32_t *ttl)
{
	struct span word = wire_take_word(rest);
	bool ttl_seen = false, class_seen = false;

	*ttl = reader->ttl;
	for (;;) {
		if (!ttl_seen && read_ttl(word, ttl)) {
			ttl_seen = true;
		} else if (!class_seen && span_iis(word, "IN")) {
			class_seen = true;
		} else {
			break;
		}
		word = wire_take_word(rest);
	}

	unsigned type = wire_type(word);

	if (!word.len)
		problem(reader, "no type", SPAN_NONE);
	else if (!type)
		problem(reader, "unknown type or class", word);
	return type;
}

/* Hands " TTL IN type data" to the library; the owner goes beside, for it cuts long escaped names
 * in text. */
static ldns_rr *parse_record(
	struct reader *reader, unsigned type, uint32_t ttl, struct span rdata, ldns_status *ret)
{
	struct buffer line = BUFFER_INIT;
	ldns_rdf *owner = ldns_rdf_clone(reader->owner);
	ldns_rr *rr = NULL;

	buffer_printf(&line, " %u IN ", (unsigned)ttl);
	wire_write_type(&line, type);
	buffer_char(&line, ' ');
	buffer_span(&line, rdata);
	*ret = ldns_rr_new_frm_str(&rr, buffer_text(&line), ttl, reader->origin, &owner);
	buffer_release(&line);
	ldns_rdf_deep_free(owner);
	return *ret == LDNS_STATUS_OK ? rr : NULL;
}

static void keep_record(struct reader *reader, unsigned type, struct dns_record *record)
{
	const struct zone_block *block = &reader->zone->block[reader->block];
	struct zone_entry *entry = add_entry(reader, reader->owner_name, type);
	const char *source = reader->window_source;

	if (type == DNS_RRSIG && record->rdata.len > 2)
		entry->covered = (uint16_t)(record->rdata.ptr[0] << 8 | record->rdata.ptr[1]);
	record->recorded = block->recorded;
	record->server = block->server;
	record->dnssec = reader->dnssec;
	record->origin = reader->origin_word;
	record->window_from = reader->window_from;
	record->window_to = reader->window_to;
	record->window_source = source;
	if (source && span_istarts(span_of(source), "recovered"))
		record->origin = DNS_ORIGIN_RECOVERED;
	record->file = reader->file;
	record->line = reader->line;
	entry->record = record;
}

static void read_record(struct reader *reader)
{
	struct span rest = buffer_view(&reader->text);
	ldns_status status;
	uint32_t ttl;

	if (!span_trim(rest).len)
		return;
	if (rest.ptr[0] == '$') {
		read_directive(reader, rest);
		return;
	}
	if (!read_owner(reader, &rest))
		return;

	unsigned type = read_head(reader, &rest, &ttl);

	if (!type)
		return;

	struct dns_record *record = ARENA_NEW(reader->zone->arena, struct dns_record);

	rest = span_trim(rest);
	if (type == DNS_TXT && wire_strings(reader->zone->arena, rest, record)) {
		record->ttl = ttl;
		keep_record(reader, type, record);
		return;
	}

	ldns_rr *rr = parse_record(reader, type, ttl, rest, &status);

	if (!rr)
		problem(reader, ldns_get_errorstr_by_id(status), SPAN_NONE);
	else if (!wire_record(reader->zone->arena, rr, record))
		problem(reader, "the data does not fit the type", SPAN_NONE);
	else
		keep_record(reader, type, record);
	ldns_rr_free(rr);
}

void zone_read(struct zone *zone, struct span text, const char *file)
{
	struct reader reader = {
		.zone = zone,
		.file = file,
		.rest = text,
		.next_line = 1,
		.ttl = DEFAULT_TTL,
		.dnssec = DNSSEC_UNKNOWN,
		.origin_word = DNS_ORIGIN_SNAPSHOT,
		.window_from = TIME_NONE,
		.window_to = TIME_NONE,
	};

	if (!zone->file_count)
		zone->recorded = TIME_NONE;
	*LIST_ADD(zone->arena, zone->file, zone->file_count, zone->file_room) = file;
	reader.block = open_block(&reader, TIME_NONE, NULL);
	reader.origin = ldns_dname_new_frm_str(".");
	if (span_starts(reader.rest, "\xEF\xBB\xBF"))
		reader.rest = span_skip(reader.rest, 3);
	while (reader.rest.len) {
		reader.line = reader.next_line;
		if (span_starts(reader.rest, ";@")) {
			size_t len;
			struct span line = span_line(&reader.rest, &len);

			reader.next_line++;
			read_annotation(&reader, span_sub(line, 2, len));
		} else if (scan_record(&reader)) {
			read_record(&reader);
		}
	}
	buffer_release(&reader.text);
	ldns_rdf_deep_free(reader.origin);
	ldns_rdf_deep_free(reader.owner);
}
