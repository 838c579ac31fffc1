/* SPDX-License-Identifier: ISC */
/* What a signed field may have been, by its name: the fields with a structure of their own are in
 * files of their own. */
#include "parsers/dkim/repair_head.h"

static struct span unfolded(struct head *h, const struct field *field)
{
	return span_trim(field_unfold(h->s->arena, field));
}

static void vary_encoding(struct head *h, struct entry *e)
{
	static const char *const word[] = {"8bit", "quoted-printable", "7bit", "base64", "binary"};

	vary_absent(h, e, true, "content-encoding", "Content-Transfer-Encoding was added");
	for (size_t i = 0; i < h->s->parts && i < 3; i++)
		if (h->s->part[i].encoding.len)
			vary_strong(h, e, h->s->part[i].encoding, "content-encoding",
				"Content-Transfer-Encoding was rewritten");
	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		vary_strong(h, e, span_of(word[i]), "content-encoding",
			"Content-Transfer-Encoding was rewritten");
}

/* Parameters in the ways they are commonly written: quotes on or off, case. */
static void vary_type_form(struct head *h, struct entry *e, struct span value)
{
	struct arena *arena = h->s->arena;
	uint8_t *bare = arena_bytes(arena, value.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] != '"')
			bare[len++] = value.ptr[i];
	vary_weak(h, e, span_make(bare, len), "content-type", "Content-Type was rewritten");
	vary_weak(h, e, span_of(arena_lower(arena, value)), "content-type",
		"Content-Type was rewritten");
	for (size_t i = 0; i < len; i++)
		if (bare[i] == '=') {
			size_t end = i + 1;

			while (end < len && bare[end] != ';')
				end++;
			vary_weak(h, e,
				span_of(arena_printf(arena, "%.*s=\"%.*s\"%.*s", (int)i,
					(char *)bare, (int)(end - i - 1), (char *)bare + i + 1,
					(int)(len - end), (char *)bare + end)),
				"content-type", "Content-Type was rewritten");
			i = end;
		}
}

static void vary_type(struct head *h, struct entry *e)
{
	static const char *const common[] = {"text/plain; charset=\"UTF-8\"",
		"text/plain; charset=us-ascii", "text/plain; charset=utf-8",
		"text/plain; charset=\"us-ascii\"", "text/plain", "text/plain; charset=US-ASCII",
		"text/plain; charset=UTF-8", "text/plain; charset=\"utf-8\"",
		"text/plain; charset=\"iso-8859-1\"", "text/plain; charset=iso-8859-1",
		"text/plain; charset=ISO-8859-1", "text/html; charset=utf-8",
		"text/html; charset=\"utf-8\"", "text/html; charset=UTF-8",
		"text/html; charset=\"UTF-8\"", "text/plain; charset=utf-8; format=flowed",
		"text/plain; charset=UTF-8; format=flowed"};

	for (size_t i = 0; i < h->s->parts && i < 4; i++)
		if (h->s->part[i].type.len)
			vary_strong(h, e, h->s->part[i].type, "content-type",
				"Content-Type was rewritten");
	vary_absent(h, e, true, "content-type", "Content-Type was added");
	if (e->field)
		vary_type_form(h, e, unfolded(h, e->field));
	for (size_t i = 0; i < h->s->parts && i < 2; i++)
		if (h->s->part[i].type.len)
			vary_type_form(h, e, h->s->part[i].type);
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		vary_weak(h, e, span_of(common[i]), "content-type", "Content-Type was rewritten");
}

/* Date: with or without a leading zero, seconds, a zone's name or number, a comment. */
static void vary_date(struct head *h, struct entry *e)
{
	struct arena *arena = h->s->arena;
	struct span v;
	size_t comment, digit;

	if (!e->field)
		return;
	v = unfolded(h, e->field);
	comment = span_chr(v, '(');
	if (comment < v.len) {
		vary_weak(
			h, e, span_trim(span_sub(v, 0, comment)), "date", "Date was written anew");
		return;
	}
	for (digit = 0; digit < v.len && !is_digit(v.ptr[digit]);)
		digit++;
	if (digit + 1 < v.len && v.ptr[digit] == '0')
		vary_weak(h, e,
			span_of(arena_printf(arena, "%.*s%.*s", (int)digit, (const char *)v.ptr,
				(int)(v.len - digit - 1), (const char *)v.ptr + digit + 1)),
			"date", "Date was written anew");
	else if (digit + 1 < v.len && !is_digit(v.ptr[digit + 1]))
		vary_weak(h, e,
			span_of(arena_printf(arena, "%.*s0%.*s", (int)digit, (const char *)v.ptr,
				(int)(v.len - digit), (const char *)v.ptr + digit)),
			"date", "Date was written anew");
	if (span_iends(v, "+0000") || span_iends(v, "-0000") || span_iends(v, "GMT") ||
		span_iends(v, "UTC")) {
		static const char *const zone[] = {
			"+0000", "-0000", "GMT", "UTC", "+0000 (UTC)", "+0000 (GMT)", "Z"};
		size_t cut = span_iends(v, "000") ? 5 : 3;

		for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
			vary_weak(h, e,
				span_of(arena_printf(arena, "%.*s%s", (int)(v.len - cut),
					(const char *)v.ptr, zone[i])),
				"date", "Date was written anew");
	} else {
		static const char *const zone[] = {"PST", "PDT", "EST", "EDT", "CST", "CDT", "CET",
			"CEST", "MSK", "MST", "MDT", "JST", "IST", "BST", "HKT", "SGT", "EEST",
			"EET", "AEST", "AEDT"};

		for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
			vary_weak(h, e,
				span_of(arena_printf(arena, "%.*s (%s)", (int)v.len,
					(const char *)v.ptr, zone[i])),
				"date", "a comment was taken out of Date");
	}
}

/* <id>: blanks inside, no angle brackets, other case of the domain */
static void vary_id(struct head *h, struct entry *e)
{
	struct arena *arena = h->s->arena;
	struct span v, inner;

	if (!e->field)
		return;
	v = unfolded(h, e->field);
	vary_weak(
		h, e, span_of(arena_lower(arena, v)), "message-id", "Message-ID was written anew");
	inner = v.len > 2 && v.ptr[0] == '<' && v.ptr[v.len - 1] == '>' ? span_sub(v, 1, v.len - 1)
									: SPAN_NONE;
	if (inner.len) {
		vary_weak(h, e, inner, "message-id", "Message-ID was written anew");
		vary_weak(h, e, span_of(arena_printf(arena, "< %s >", arena_text(arena, inner))),
			"message-id", "Message-ID was written anew");
	} else {
		vary_weak(h, e, span_of(arena_printf(arena, "<%s>", arena_text(arena, v))),
			"message-id", "Message-ID was written anew");
	}
	for (size_t n = 0; n < 3; n++) {
		static const char *const kept[] = {
			"X-Original-Message-ID", "X-Message-ID", "Original-Message-ID"};
		const struct field *other = message_field_named(h->s->v->message, kept[n], 0);

		if (other)
			vary_strong(
				h, e, unfolded(h, other), "message-id", "Message-ID was replaced");
	}
}

/* Other fields of this name: one was added below or removed, so that h= now counts another
 * instance. */
static void vary_instances(struct head *h, struct entry *e)
{
	const struct message *m = h->s->v->message;

	for (size_t n = 0; n < 8; n++) {
		const struct field *other = message_field_named(m, e->name, n);

		if (!other)
			break;
		if (other != e->field && span_ieq(other->name, span_of(e->name)))
			vary_weak(h, e, span_trim(other->value), "field-order",
				"another field of this name stands in its place");
	}
	if (e->field)
		vary_absent(h, e, false, "field-added",
			"a field was added that was not there when it was signed");
}

static void vary_reply_to(struct head *h, struct entry *e)
{
	const struct field *from = message_field_last(h->s->v->message, NAME_FROM);

	vary_absent(h, e, true, "field-added", "Reply-To was added");
	if (from)
		vary_weak(h, e, unfolded(h, from), "field-removed",
			"Reply-To was taken away or replaced");
}

/* White space where folds were: none, or as much as a refolding may have eaten. */
static void vary_folds(struct head *h, struct entry *e)
{
	struct span v = e->field ? span_trim(e->field->value) : SPAN_NONE;
	uint8_t *out;
	size_t len = 0;

	if (span_chr(v, '\n') == v.len)
		return;
	out = arena_bytes(h->s->arena, v.len);
	while (v.len)
		for (struct span line = span_trim(span_line(&v, NULL)); line.len;
			line = SPAN_NONE) {
			memcpy(out + len, line.ptr, line.len);
			len += line.len;
		}
	vary_weak(h, e, span_make(out, len), "refold", "a fold was put where no blank was");
}

static void vary_list(struct head *h, struct entry *e)
{
	vary_absent(h, e, true, "field-added", "a list field was added");
}

static void vary_mime_version(struct head *h, struct entry *e)
{
	vary_absent(h, e, true, "field-added", "MIME-Version was added");
	vary_strong(h, e, SPAN("1.0"), "field-removed", "MIME-Version was taken away or replaced");
}

/* Bytes that a header may not hold were put into encoded-words by a server. */
static void vary_decoded(struct head *h, struct entry *e)
{
	struct span raw =
		e->field ? words_decoded(h->s->arena, span_trim(e->field->value)) : SPAN_NONE;

	if (raw.len)
		vary_strong(h, e, raw, "encoded-word",
			"bytes of the field were put into encoded-words");
}

void vary_entry(struct head *h, struct entry *e)
{
	static const struct {
		const char *name;
		void (*fn)(struct head *, struct entry *);
	} by_name[] = {
		{"subject", vary_subject},
		{"from", vary_from},
		{"to", vary_recipients},
		{"cc", vary_recipients},
		{"content-transfer-encoding", vary_encoding},
		{"content-type", vary_type},
		{"date", vary_date},
		{"message-id", vary_id},
		{"sender", vary_sender},
		{"reply-to", vary_reply_to},
		{"mime-version", vary_mime_version},
	};

	for (size_t i = 0; i < sizeof by_name / sizeof *by_name; i++)
		if (strcmp(e->name, by_name[i].name) == 0 &&
			(e->field || strcmp(e->name, "from") != 0))
			by_name[i].fn(h, e);
	if (strncmp(e->name, "list-", 5) == 0)
		vary_list(h, e);
	vary_folds(h, e);
	vary_decoded(h, e);
	vary_instances(h, e);
}
