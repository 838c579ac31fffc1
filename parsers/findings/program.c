/* SPDX-License-Identifier: ISC */
/* MUA-*: the mail program that the header names against what that program writes. */
#include "parsers/findings/way.h"

struct program {
	const struct field *field; /* X-Mailer or User-Agent */
	struct span name;
};

static struct program program_of(const struct evidence *e)
{
	struct program p = {message_field(e->message, NAME_X_MAILER, 0), SPAN_NONE};

	if (!p.field)
		p.field = message_field(e->message, NAME_USER_AGENT, 0);
	if (p.field)
		p.name = field_unfold(e->arena, p.field);
	return p;
}

static bool contains(struct span s, const char *what)
{
	return span_ifind(s, span_of(what), 0) < s.len;
}

static bool run_of(struct span *s, const char *set, size_t least, size_t most)
{
	size_t n = 0;

	while (n < s->len && n < most && s->ptr[n] && strchr(set, s->ptr[n]))
		n++;
	*s = span_skip(*s, n);
	return n >= least;
}

static bool eat(struct span *s, const char *text)
{
	if (!span_starts(*s, text))
		return false;
	*s = span_skip(*s, strlen(text));
	return true;
}

#define HEX "0123456789abcdefABCDEF"
#define DIGITS "0123456789"

/* "4F2E8F5B.4070306", or a UUID. */
static bool thunderbird_id(struct span left)
{
	struct span s = left;

	if (is_uuid(s) && s.len == 36)
		return true;
	return run_of(&s, HEX, 7, 9) && eat(&s, ".") && run_of(&s, DIGITS, 1, 12) && s.len == 0;
}

static bool apple_id(struct span left)
{
	if (!is_uuid(left) || left.len != 36)
		return false;
	for (size_t i = 0; i < left.len; i++)
		if (left.ptr[i] >= 'a' && left.ptr[i] <= 'z')
			return false;
	return true;
}

/* "1234567890.20020927201002" */
static bool bat_id(struct span left)
{
	struct span s = left;

	return run_of(&s, DIGITS, 1, 12) && eat(&s, ".") && run_of(&s, DIGITS, 14, 14) &&
	       s.len == 0;
}

static bool opera_id(struct span left)
{
	return span_starts(left, "op.");
}

/* "000801c26a3e$5d1a4f60$0201a8c0" */
static bool express_id(struct span left)
{
	struct span s = left;

	return run_of(&s, HEX, 8, 12) && eat(&s, "$") && run_of(&s, HEX, 8, 8) && eat(&s, "$") &&
	       run_of(&s, HEX, 1, 16);
}

static const struct {
	const char *name,
		*not ; /* in the program's own words; and words with which it is another program */
	bool (*id)(struct span left);
	const char *boundary, *other_boundary; /* beginnings, or NULL */
} known[] = {
	{"Thunderbird", NULL, thunderbird_id, "------------", NULL},
	{"Apple Mail", NULL, apple_id, "Apple-Mail", NULL},
	{"iPhone Mail", NULL, apple_id, "Apple-Mail", NULL},
	{"iPad Mail", NULL, apple_id, "Apple-Mail", NULL},
	{"The Bat!", NULL, bat_id, "----------", NULL},
	{"Opera Mail", NULL, opera_id, "----------", NULL},
	{"Microsoft Outlook Express", NULL, express_id, "----=_NextPart_", NULL},
	{"Microsoft Outlook", "Express", NULL, "----=_NextPart_", "_00"},
	{"Microsoft Office Outlook", NULL, NULL, "----=_NextPart_", "_00"},
};

/* Services and lists that put their own Message-ID in the place of the program's. */
static bool rewritten_id(struct span id)
{
	static const char *const suffix[] = {".outlook.com", ".exchangelabs.com", "groups.io",
		"amazonses.com", "sendgrid.net", "yahoogroups.com", "geopod-ismtpd", ".hotmail.com",
		"mail.yahoo.com", "mail.gmail.com"};

	if (span_starts(id, "mailman."))
		return true;
	for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++)
		if (contains(id, suffix[i]))
			return true;
	return false;
}

static void show(struct findings *f, struct finding *finding, const struct program *p,
	const struct field *other, const char *role)
{
	finding_show(f, finding, p->field->whole, "program");
	if (other)
		finding_show(f, finding, other->whole, role);
}

static void against_id(struct findings *f, const struct program *p, size_t n)
{
	const struct field *field;
	struct span id = message_id(f->evidence, &field);
	struct span left = span_sub(id, 0, span_rchr(id, '@'));

	if (!field || !id.len || !known[n].id || rewritten_id(id) || known[n].id(left))
		return;
	show(f,
		finding_raise(f, FINDING_MUA_MID,
			handed_on(f) || author_passes(f->evidence) ? SEVERITY_LOW : SEVERITY_NONE,
			"%s does not make identifiers like <%s>", known[n].name,
			arena_text(f->arena, span_sub(id, 0, 80))),
		p, field, "Message-ID");
}

static void against_boundary(struct findings *f, const struct program *p, size_t n)
{
	const struct field *type = message_field(f->evidence->message, NAME_CONTENT_TYPE, 0);
	const char *boundary = content_type_parameter(f->evidence, "boundary");

	if (!type || !boundary || !span_istarts(span_trim(type->value), "multipart/") ||
		!known[n].boundary || (f->context & CONTEXT_LIST) ||
		message_field(f->evidence->message, NAME_LIST_ID, 0))
		return;
	/* signed, encrypted and report wrappers come from add-ons and gateways */
	if (span_istarts(span_trim(type->value), "multipart/signed") ||
		span_istarts(span_trim(type->value), "multipart/encrypted") ||
		span_istarts(span_trim(type->value), "multipart/report"))
		return;
	if (span_starts(span_of(boundary), known[n].boundary) ||
		(known[n].other_boundary &&
			span_starts(span_of(boundary), known[n].other_boundary)))
		return;
	show(f,
		finding_raise(f, FINDING_MUA_BOUNDARY,
			author_passes(f->evidence) ? SEVERITY_LOW : SEVERITY_NONE,
			"%s does not write the boundary '%s'", known[n].name, boundary),
		p, type, "boundary");
}

/* "iPhone Mail (20E252)": a build has one or two digits, a capital and digits. */
static bool apple_build(struct span name)
{
	size_t open = span_chr(name, '(');
	struct span s = span_skip(name, open + 1);

	return open < name.len && run_of(&s, DIGITS, 1, 2) &&
	       run_of(&s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1, 1) && run_of(&s, DIGITS, 1, 6);
}

static bool first_words_differ(struct span a, struct span b)
{
	struct span x = span_sub(a, 0, span_chr(a, ' ')), y = span_sub(b, 0, span_chr(b, ' '));

	x = span_sub(x, 0, span_chr(x, '/')), y = span_sub(y, 0, span_chr(y, '/'));
	return !span_ieq(x, y) && !contains(a, "Mozilla") && !contains(b, "Mozilla");
}

static const char *two_programs(const struct evidence *e, enum severity *ret)
{
	static const enum field_name name[] = {NAME_X_MAILER, NAME_USER_AGENT};
	const struct field *mailer = message_field(e->message, name[0], 0),
			   *agent = message_field(e->message, name[1], 0);

	for (size_t i = 0; i < 2; i++) {
		const struct field *a = message_field(e->message, name[i], 0),
				   *b = message_field(e->message, name[i], 1);

		if (a && b && !span_ieq(span_trim(a->value), span_trim(b->value))) {
			*ret = SEVERITY_NONE;
			return "two different programs are named";
		}
	}
	if (mailer && agent &&
		first_words_differ(field_unfold(e->arena, mailer), field_unfold(e->arena, agent))) {
		*ret = SEVERITY_LOW;
		return "X-Mailer and User-Agent name different programs";
	}
	return NULL;
}

static void impossible(struct findings *f, const struct program *p)
{
	const struct evidence *e = f->evidence;
	const struct field *type = message_field(e->message, NAME_CONTENT_TYPE, 0);
	enum severity severity = SEVERITY_NONE;
	const char *why = NULL;

	if ((contains(p->name, "iPhone Mail") || contains(p->name, "iPad Mail")) &&
		!apple_build(p->name))
		why = "the build number has no form that such a device writes";
	else if (contains(p->name, "Outlook Express") && e->date.valid &&
		 moment_civil(e->date.time).year > 2015)
		why = "Outlook Express was long out of use at that time";
	else if (span_istarts(p->name, "Microsoft Outlook") && !contains(p->name, "Express") &&
		 type && span_istarts(span_trim(type->value), "text/html"))
		why = "Outlook sends HTML with a plain text beside it";
	else
		why = two_programs(e, &severity);
	if (!why)
		return;
	if (handed_on(f) || author_passes(e))
		severity = SEVERITY_LOW;
	show(f, finding_raise(f, FINDING_MUA_IMPOSSIBLE, severity, "%s", why), p, NULL, NULL);
}

static const struct {
	const char *word, *tool;
	bool kit; /* made for phishing and tests of it */
} bulk[] = {
	{"gophish", "gophish", true},
	{"king-phisher", "King Phisher", true},
	{"King Phisher", "King Phisher", true},
	{"Leaf PHPMailer", "Leaf PHPMailer", true},
	{"swaks", "swaks", false},
	{"PHPMailer", "PHPMailer", false},
};

static const struct {
	enum field_name field;
	const char *tool;
	bool kit;
} bulk_field[] = {
	{NAME_X_GOPHISH_CONTACT, "gophish", true},
	{NAME_X_GOPHISH_SIGNATURE, "gophish", true},
	{NAME_X_PHP_ORIGINATING_SCRIPT, "a PHP script", false},
	{NAME_X_PHP_SCRIPT, "a PHP script", false},
};

static void script(struct findings *f, const struct program *p)
{
	const struct evidence *e = f->evidence;
	enum severity script_severity =
		author_passes(e) || (e->dkim && e->dkim->result == RESULT_PASS) ? SEVERITY_LOW
										: SEVERITY_NONE;

	for (size_t i = 0; p->field && i < sizeof bulk / sizeof *bulk; i++) {
		if (!contains(p->name, bulk[i].word))
			continue;
		finding_show(f,
			finding_raise(f, FINDING_MUA_BULK,
				bulk[i].kit ? SEVERITY_HIGH : script_severity, "sent with %s",
				bulk[i].tool),
			p->field->whole, "program");
		return;
	}
	for (size_t i = 0; i < sizeof bulk_field / sizeof *bulk_field; i++) {
		const struct field *field = message_field(e->message, bulk_field[i].field, 0);

		if (!field)
			continue;
		finding_show(f,
			finding_raise(f, FINDING_MUA_BULK,
				bulk_field[i].kit ? SEVERITY_HIGH : script_severity, "sent with %s",
				bulk_field[i].tool),
			field->whole, NULL);
		return;
	}
}

void findings_program(struct findings *f)
{
	struct program p = program_of(f->evidence);

	script(f, &p);
	if (!p.field)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!contains(p.name, known[i].name) ||
			(known[i].not &&contains(p.name, known[i].not )))
			continue;
		against_id(f, &p, i);
		against_boundary(f, &p, i);
		break;
	}
	impossible(f, &p);
}
