/* SPDX-License-Identifier: ISC */
/*
 * The author's field as it stands in the bytes, and what programs make of it that read otherwise:
 * by the last field instead of the first, decoding before parsing, stopping at a NUL, taking the
 * route, the text behind the brackets, the Sender. Where the readings belong to different
 * organisations, nobody can say which one was checked and which one shown.
 */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/encoded.h"
#include "parsers/findings/fromscan.h"
#include "parsers/findings/runes.h"
#include "parsers/message/library.h"

enum { READINGS_MAX = 20, FROM_FIELDS_MAX = 100 };

/* --- readings --- */

static void add_reading(struct findings *f, const char *reader, struct span address)
{
	const char *text = arena_text(f->arena, address);

	if (f->reading_count >= READINGS_MAX)
		return;
	for (size_t i = 0; i < f->reading_count; i++)
		if (strcasecmp(f->reading[i].address, text) == 0)
			return;
	*LIST_ADD(f->arena, f->reading, f->reading_count, f->reading_room) =
		(struct author_reading){reader, text};
}

static void read_addresses(struct findings *f, const char *reader, struct span s)
{
	struct span token;

	while (f->reading_count < READINGS_MAX && (token = fromscan_address(&s)).len)
		add_reading(f, reader, token);
}

/* The first comma or semicolon before the brackets; 0 where there is none. */
static size_t delimiter(struct span s)
{
	for (size_t i = 0; i < s.len && s.ptr[i] != '<' && s.ptr[i] != '"' && s.ptr[i] != '('; i++)
		if (s.ptr[i] == ',' || s.ptr[i] == ';')
			return i;
	return 0;
}

/* An encoded-word in a piece without brackets stands where the address would be. */
static void read_encoded(struct findings *f, const struct from_piece *piece)
{
	const char *reader = "programs that decode before they parse";
	struct span decoded;

	if (span_find(piece->whole, SPAN("=?"), 0) == piece->whole.len)
		return;
	decoded = encoded_replace(f->arena, piece->whole);
	decoded = span_sub(decoded, 0, span_chr(decoded, '\0'));
	if (piece->angle_count == 0)
		read_addresses(f, reader, decoded);
	else if (*piece->whole.ptr != '"') /* a comma or semicolon that only decoding brings out ends an address */
		read_addresses(f, reader, span_sub(decoded, 0, delimiter(decoded)));
}

static const char *reader_of(const struct from_scan *scan, size_t n)
{
	if (scan->last_field)
		return "programs that take the last From field";
	return n == 0 ? "programs that take the first address"
		      : "programs that take the last address";
}

static void read_piece(struct findings *f, const struct from_scan *scan, size_t n)
{
	const struct from_piece *piece = &scan->piece[n];

	for (size_t i = 0; i < piece->angle_count; i++) {
		const char *reader =
			i == 0 ? reader_of(scan, n) : "programs that take the last brackets";

		read_addresses(f, piece->route ? "programs that do not know routes" : reader,
			piece->angle[i]);
	}
	if (piece->angle_count == 0)
		for (size_t i = 0; i < piece->text_count; i++)
			read_addresses(f, reader_of(scan, n), piece->text[i]);
	else
		read_addresses(f, "programs that read behind the brackets", piece->trailing);
	read_encoded(f, piece);
}

static void read_field(struct findings *f, const struct from_scan *scan)
{
	for (size_t i = 0; i < scan->piece_count; i++)
		read_piece(f, scan, i);
	if (scan->nul < scan->value.len)
		read_addresses(
			f, "programs that stop at the NUL", span_sub(scan->value, 0, scan->nul));
}

/*
 * A second reader costs time, and agrees with ours on plain fields: it is asked where the field is not one plain address.
 */
static bool plain(const struct findings *f, const struct from_scan *scan)
{
	static const enum finding_code odd[] = {FINDING_FROM_MULTI_HDR, FINDING_FROM_NAME_WS,
		FINDING_FROM_NAME_BYTES, FINDING_HDR_NUL, FINDING_HDR_GARBAGE,
		FINDING_HDR_FOLD_BLANK};
	const struct from_piece *piece = scan->piece;

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (finding_find(f, odd[i]))
			return false;
	return scan->piece_count == 1 && !scan->group && !piece->nested && !piece->unbalanced &&
	       !piece->route && !piece->escaped.len && !piece->trailing.len &&
	       piece->angle_count <= 1 && f->reading_count == 1;
}

static void read_library(struct findings *f, const struct from_scan *first)
{
	if (plain(f, first))
		return;
	for (const char *const *author = library_authors(f->arena, f->evidence->message); *author;
		author++)
		add_reading(f, "programs built on GMime", span_of(*author));
}

static const char *reading_domain(struct findings *f, size_t n)
{
	return address_domain(f->arena, span_of(f->reading[n].address));
}

static void compare_readings(struct findings *f, const struct field *field)
{
	const char *first = f->reading_count ? reading_domain(f, 0) : NULL;

	for (size_t i = 1; i < f->reading_count; i++) {
		const char *other = reading_domain(f, i);

		if (other && first && same_org(f->evidence, first, other))
			continue;
		finding_show(f,
			finding_raise(f, FINDING_FROM_PARSER_SPLIT, SEVERITY_NONE,
				"%s read %s, %s read %s", f->reading[0].reader,
				f->reading[0].address, f->reading[i].reader, f->reading[i].address),
			field->whole, "read in different ways");
	}
	/* Readings that agree are no readings. */
	if (!finding_find(f, FINDING_FROM_PARSER_SPLIT))
		f->reading_count = 0;
}

/* --- the field's name --- */

/* How the line's name is "From" to some and not to others; NULL where it is plainly From or plainly
 * not. */
static const char *odd_name(const struct field *field, bool *ret_bytes)
{
	struct span s = span_sub(field->whole, 0, 64), name;
	size_t colon = span_chr(s, ':'), from = 0, to;

	*ret_bytes = false;
	if (colon >= s.len)
		return NULL;
	for (to = colon; from < to && (s.ptr[from] < 33 || s.ptr[from] > 126); from++)
		;
	for (; to > from && (s.ptr[to - 1] < 33 || s.ptr[to - 1] > 126); to--)
		;
	name = span_sub(s, from, to);
	if (!span_iis(name, "From") || (from == 0 && to == colon))
		return NULL;
	for (size_t i = 0; i < colon; i++)
		if ((i < from || i >= to) && !is_space(s.ptr[i]))
			*ret_bytes = true;
	if (*ret_bytes)
		return "a byte that is no part of a name stands beside From";
	if (memchr(s.ptr, '\n', colon))
		return "the line ends between From and its colon";
	return from ? "white space stands before From"
		    : "white space stands between From and its colon";
}

static void check_names(struct findings *f)
{
	/* Every other name is the very bytes before its colon. */
	enum { ODD = FIELD_GARBAGE | FIELD_SPACE_BEFORE_COLON | FIELD_NAME_FOLDED | FIELD_BAD_NAME |
		     FIELD_LEADING_SPACE | FIELD_BARE_CR };
	const struct message *m = f->evidence->message;

	for (size_t i = 0; i < m->field_count; i++) {
		bool bytes;
		const char *why =
			m->field[i].odd & ODD ? odd_name(&m->field[i], &bytes) : NULL;

		if (why)
			finding_show(f,
				finding_raise(f,
					bytes ? FINDING_FROM_NAME_BYTES : FINDING_FROM_NAME_WS,
					SEVERITY_NONE, "%s", why),
				span_sub(
					m->field[i].whole, 0, span_chr(m->field[i].whole, ':') + 1),
				"name of the field");
	}
}

/* --- the shape of the value --- */

static struct finding *show_piece(struct findings *f, enum finding_code code,
	enum severity severity, struct span where, const char *why)
{
	return finding_show(f, finding_raise(f, code, severity, "%s", why), where, NULL);
}

static bool other_org(struct findings *f, struct span address, const char *org)
{
	const char *domain = address_domain(f->arena, address);

	return domain && !same_org(f->evidence, domain, org);
}

static void check_comments(struct findings *f, const struct from_piece *piece, const char *own)
{
	for (size_t i = 0; i < piece->comment_count; i++) {
		struct span rest = piece->comment[i], token = fromscan_address(&rest);

		if (token.len && own && other_org(f, token, own))
			show_piece(f, FINDING_FROM_COMMENT, SEVERITY_NONE, piece->comment[i],
				"a comment carries an address of another domain");
	}
}

static void check_trailing(struct findings *f, const struct from_piece *piece)
{
	struct span rest = piece->trailing;

	if (piece->angle_count == 0 || piece->trailing.len == 0)
		return;
	if (fromscan_address(&rest).len)
		show_piece(f, FINDING_FROM_TRAILING, SEVERITY_NONE, piece->trailing,
			"an address follows the closing bracket");
	else if (!piece->nested)
		show_piece(f, FINDING_FROM_TRAILING, SEVERITY_LOW, piece->trailing,
			"text follows the closing bracket");
}

static void check_piece(struct findings *f, const struct from_piece *piece, const char *own)
{
	if (piece->route)
		show_piece(f, FINDING_FROM_ROUTE, SEVERITY_NONE, piece->angle[0],
			"a route stands before the address");
	if (piece->escaped.len)
		show_piece(f, FINDING_FROM_QUOTED_PAIR, SEVERITY_NONE, piece->escaped,
			"a backslash outside quotes escapes a delimiter");
	if (piece->nested || piece->unbalanced || piece->angle_count > 1)
		show_piece(f, FINDING_FROM_NESTED,
			piece->nested || piece->angle_count > 1 ? SEVERITY_NONE : SEVERITY_MEDIUM,
			piece->whole,
			piece->nested            ? "a bracket opens inside brackets"
			: piece->angle_count > 1 ? "two pairs of brackets without a comma between"
						 : "a bracket is not matched");
	check_trailing(f, piece);
	check_comments(f, piece, own);
}

/* "admin@a,<x@b>": one author for those who stop at the comma, another for those who want brackets.
 */
static void check_bare_comma(struct findings *f, const struct from_scan *scan)
{
	for (size_t i = 0; i + 1 < scan->piece_count; i++) {
		const struct from_piece *a = &scan->piece[i], *b = &scan->piece[i + 1];
		struct span rest = a->text_count ? a->text[0] : SPAN_NONE,
			    bare = fromscan_address(&rest), other;

		if (a->angle_count || !bare.len || !b->angle_count || b->text_count)
			continue;
		rest = b->angle[0];
		other = fromscan_address(&rest);
		if (other.len && other_org(f, bare, address_domain(f->arena, other)))
			show_piece(f, FINDING_FROM_BARE_COMMA, SEVERITY_NONE, a->whole,
				"a bare address stands before one in brackets");
	}
}

static void check_controls(struct findings *f, struct span where)
{
	struct span rest = span_skip(where, printable_plain(where));
	uint32_t rune;
	bool control = false, bad = false;

	while (rest.len) {
		struct span before = rest;

		rune_next(&rest, &rune);
		control |= (rune < 0x20 && rune != '\t' && rune != '\r' && rune != '\n') ||
			   rune == 0x7f;
		bad |= rune == 0xfffd && before.ptr[0] != 0xef;
		if (rune > 0x7f && (rune_invisible(rune) || (rune >= 0x2000 && rune <= 0x200f) ||
					   rune == 0xa0 || (rune >= 0x2028 && rune <= 0x202f) ||
					   (rune >= 0x205f && rune <= 0x206f) || rune == 0x3000 ||
					   (rune >= 0xe0000 && rune <= 0xe01ef)))
			show_piece(f,
				rune_direction(rune) ? FINDING_FROM_BIDI : FINDING_FROM_INVISIBLE,
				SEVERITY_NONE, where,
				arena_printf(f->arena, "U+%04X stands in the address", rune));
	}
	if (control || bad)
		show_piece(f, FINDING_FROM_CONTROL, SEVERITY_NONE, where,
			control ? "a control character stands in the address"
				: "bytes that are no UTF-8 stand in the address");
}

static void check_encoded(struct findings *f, const struct from_scan *scan)
{
	struct span rest = scan->value;
	struct encoded_word word;

	while (encoded_next(f->arena, &rest, &word))
		for (size_t i = 0; i < word.bytes.len; i++)
			if (word.bytes.ptr[i] == 0 || word.bytes.ptr[i] == '\r' ||
				word.bytes.ptr[i] == '\n') {
				show_piece(f, FINDING_FROM_ENC_CONTROL, SEVERITY_NONE, word.where,
					word.bytes.ptr[i] ? "a line end is hidden in it"
							  : "a NUL is hidden in it");
				break;
			}
	for (size_t i = 0; i < scan->piece_count; i++) {
		const struct from_piece *piece = &scan->piece[i];
		struct span decoded;

		if (piece->angle_count ||
			span_find(piece->whole, SPAN("=?"), 0) >= piece->whole.len)
			continue;
		decoded = encoded_replace(f->arena, piece->whole);
		if (span_chr(decoded, '@') < decoded.len || span_chr(decoded, '<') < decoded.len)
			show_piece(f, FINDING_FROM_ENCODED_ADDR, SEVERITY_NONE, piece->whole,
				"an encoded-word stands where the address is");
	}
}

static void check_field(struct findings *f, const struct from_scan *scan, const char *own)
{
	for (size_t i = 0; i < scan->piece_count; i++) {
		const struct from_piece *piece = &scan->piece[i];

		check_piece(f, piece, own);
		for (size_t k = 0; k < piece->angle_count; k++)
			check_controls(f, piece->angle[k]);
		for (size_t k = 0; piece->angle_count == 0 && k < piece->text_count; k++)
			check_controls(f, piece->text[k]);
	}
	check_bare_comma(f, scan);
	check_encoded(f, scan);
	if (scan->group)
		show_piece(f, FINDING_FROM_GROUP, SEVERITY_NONE, scan->value,
			scan->group_empty ? "the group has no member"
					  : "From is written as a group");
}

/* --- the addresses --- */

/* "user%bank.example", "bank.example!user", "\"ceo@bank\"": the local part shows a domain. */
static bool local_imitates(const char *local)
{
	const char *mark = strpbrk(local, "@%!");

	if (!mark)
		return false;
	if (*mark == '@')
		return true;

	struct span domain =
		*mark == '%' ? span_of(mark + 1) : span_make(local, (size_t)(mark - local));
	size_t dot = span_rchr(domain, '.');

	return dot > 0 && dot + 2 < domain.len && is_alpha(domain.ptr[domain.len - 1]);
}

/* RFC 1123 2.1, with the underscores that are met. */
static bool host_name(const char *domain)
{
	for (; *domain; domain++)
		if (!is_alnum((uint8_t)*domain) && !strchr("-._", *domain))
			return false;
	return true;
}

static void check_address(struct findings *f, const struct address *a)
{
	const struct evidence *e = f->evidence;
	const char *domain = a->domain;

	if (a->local && local_imitates(a->local))
		show_piece(f, FINDING_FROM_QUOTED_LOCAL,
			author_passes(e) && strchr(a->local, '@') == NULL ? SEVERITY_LOW
									  : SEVERITY_NONE,
			a->where,
			arena_printf(f->arena, "the part before the last @ is %s", a->local));
	if (a->odd & ADDRESS_LITERAL || (domain && (!strchr(domain, '.') || !host_name(domain))))
		show_piece(f, FINDING_FROM_LITERAL,
			f->context & CONTEXT_INTERNAL ? SEVERITY_LOW : SEVERITY_NONE, a->where,
			a->odd & ADDRESS_LITERAL ? "the domain is an address literal"
			: strchr(domain, '.')	 ? "the domain is no host name"
						 : "the domain has one label");
}

static void check_several(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct address *first = NULL;

	for (size_t i = 0; i < e->from.count; i++) {
		const struct address *a = &e->from.address[i];

		if (!a->address || !a->domain)
			continue;
		if (first)
			show_piece(f, FINDING_FROM_MULTI_ADDR,
				same_org(e, first->domain, a->domain) ? SEVERITY_LOW
								      : SEVERITY_NONE,
				a->where,
				arena_printf(f->arena, "%s stands beside %s", a->address,
					first->address));
		else
			first = a;
	}
}

/* --- no author, and who stands in --- */

static bool usable(const struct evidence *e, const struct from_scan *scan)
{
	if (scan && scan->group_empty)
		return false;
	for (size_t i = 0; i < e->from.count; i++)
		if (e->from.address[i].domain || e->from.address[i].odd & ADDRESS_LITERAL)
			return true;
	return false;
}

/* "MAILER-DAEMON <>": a program reports, and says that it is nobody. */
static bool system_mail(const struct findings *f)
{
	static const char *const name[] = {
		"mailer-daemon", "postmaster", "mail delivery", "mail system", "daemon"};
	const struct evidence *e = f->evidence;
	struct span shown = e->from_field ? span_trim(e->from_field->value) : SPAN_NONE;

	if (f->context & CONTEXT_DSN || !e->from_field ||
		message_field_count(e->message, NAME_FROM) > 1)
		return f->context & CONTEXT_DSN;
	if (e->trace && e->trace->mail_from.value && !*e->trace->mail_from.value)
		return true;
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (span_ifind(shown, span_of(name[i]), 0) < shown.len)
			return true;
	/* Some mailers write the null sender here, too: where it is the envelope's, or that is not known. */
	return span_is(shown, "<>") && !(e->trace && e->trace->mail_from.value);
}

static void check_missing(struct findings *f, const struct from_scan *scan)
{
	const struct evidence *e = f->evidence;
	const struct field *stand_in = message_field(e->message, NAME_SENDER, 0);
	bool here = usable(e, scan), named = finding_find(f, FINDING_FROM_NAME_WS);

	if (!stand_in)
		stand_in = message_field(e->message, NAME_RESENT_FROM, 0);
	if (!here)
		finding_show(f,
			finding_raise(f, FINDING_FROM_MISSING,
				system_mail(f)                  ? SEVERITY_LOW
				: f->context & CONTEXT_INTERNAL ? SEVERITY_MEDIUM
								: SEVERITY_NONE,
				"%s",
				e->from_field ? "From holds no address" : "there is no From field"),
			e->from_field ? e->from_field->whole : SPAN_NONE, NULL);
	if ((here && !named) || !stand_in)
		return;

	struct address_list list = address_parse(f->arena, stand_in->value);
	const char *domain = list.count ? list.address[0].domain : NULL,
		   *sender = mail_from_domain(e);

	if (!domain || (same_org(e, domain, sender) && org_sent(e, domain)) ||
		org_signed(e, domain))
		return;
	add_reading(f, "programs that show the Sender instead", span_of(list.address[0].address));
	finding_show(f,
		finding_raise(f, FINDING_FROM_ALT, SEVERITY_NONE, "%s may be shown as the author",
			list.address[0].address),
		stand_in->whole, "stands in for From");
}

/* --- all fields --- */

static void check_fields(struct findings *f, struct from_scan *first)
{
	const struct evidence *e = f->evidence;
	const char *own = e->from.count ? e->from.address[0].domain : NULL;
	size_t count = message_field_count(e->message, NAME_FROM);

	for (size_t n = 0; n < count && n < FROM_FIELDS_MAX; n++) {
		const struct field *field = message_field(e->message, NAME_FROM, n);
		struct from_scan scan = fromscan(f->arena, field->value);

		scan.last_field = n > 0;
		check_field(f, &scan, own);
		read_field(f, &scan);
		if (n == 0)
			*first = scan;
		else
			finding_show(f,
				finding_show(f,
					finding_raise(f, FINDING_FROM_MULTI_HDR, SEVERITY_NONE,
						"there are %zu From fields", count),
					e->from_field ? e->from_field->whole : SPAN_NONE,
					"the first"),
				field->whole, "another");
	}
}

void findings_from(struct findings *f)
{
	const struct evidence *e = f->evidence;
	struct from_scan first = {.value = SPAN_NONE};
	const struct field *field = message_field(e->message, NAME_FROM, 0);

	check_names(f);
	check_fields(f, &first);
	check_several(f);
	for (size_t i = 0; i < e->from.count && i < READINGS_MAX; i++)
		check_address(f, &e->from.address[i]);
	if (field) {
		read_library(f, &first);
		compare_readings(f, field);
	}
	check_missing(f, field ? &first : NULL);
}
