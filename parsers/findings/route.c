/* SPDX-License-Identifier: ISC */
/* RCV-*, XOIP-*: the lines of the way, each against its neighbours and against the server that it
 * names. */
#include "parsers/findings/way.h"

enum { HOUR = 3600, DAY = 86400, MANY_HOPS = 25, LOOP_HOPS = 100 };

static const char *shown(const char *s)
{
	return s ? s : "(not said)";
}

static void show_hop(
	struct findings *f, struct finding *finding, const struct hop *hop, const char *role)
{
	finding_show(f, finding, hop->field->whole, role);
}

static void below_border_note(struct findings *f)
{
	const struct trace *t = f->evidence->trace;

	if (!t->count) {
		finding_raise(f, FINDING_RCV_NONE, SEVERITY_NONE, NULL);
		return;
	}
	if (!t->border || t->border >= t->count)
		return;
	show_hop(f,
		finding_raise(f, FINDING_RCV_BELOW_BORDER, SEVERITY_NONE,
			"%zu of %zu Received lines stand below hop %zu%s", t->count - t->border,
			t->count, t->border,
			t->border_assumed ? ", where trust is assumed to end" : ""),
		&t->hop[t->border], "first line that is only claimed");
}

/* --- continuity --- */

/* A name that means something only inside one network. */
static bool private_name(const char *name)
{
	static const char *const suffix[] = {".local", ".localdomain", ".internal", ".lan",
		".intra", ".corp", ".home", ".arpa", ".localhost", ".priv", ".private", ".intern"};
	struct span s = span_of(name);

	if (span_chr(s, '.') == s.len)
		return true;
	for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++)
		if (span_iends(s, suffix[i]))
			return true;
	return false;
}

static bool is_6to4(const struct ip *ip)
{
	return ip->family == 6 && ip->bytes[0] == 0x20 && ip->bytes[1] == 0x02;
}

static bool connected(const struct evidence *e, const struct hop *lower, const struct hop *upper)
{
	struct ip by = ip_parse(span_of(lower->by)), by_ip = {0};

	if (lower->by_ip)
		by_ip = ip_parse(span_of(lower->by_ip));
	if (by.family && (!ip_public(&by) || is_6to4(&by)))
		return true;
	if (ip_equal(&by, &upper->addr) || ip_equal(&by_ip, &upper->addr))
		return true;
	if (!by.family && private_name(lower->by))
		return true;
	return same_org(e, lower->by, upper->name) || same_org(e, lower->by, upper->helo) ||
	       same_org(e, lower->by, upper->rdns);
}

static void disconnect(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct trace *t = e->trace;
	bool soft = handed_on(f) || author_passes(e) || t->border_assumed;

	for (size_t i = t->border ? t->border : 1; i < t->count; i++) {
		const struct hop *upper = &t->hop[i - 1], *lower = &t->hop[i];
		struct finding *finding;

		if (!lower->gap || !lower->by || !ip_public(&upper->addr) ||
			connected(e, lower, upper))
			continue;
		if ((upper->odd | lower->odd) & (HOP_NOT_SMTP | HOP_LOCAL | HOP_UNPARSED))
			continue;
		finding = finding_raise(f, FINDING_RCV_DISCONNECT,
			soft ? SEVERITY_LOW : SEVERITY_NONE,
			"hop %u received from %s, but hop %u below it was written by %s", upper->n,
			shown(upper->rdns     ? upper->rdns
				: upper->name ? upper->name
					      : upper->ip),
			lower->n, lower->by);
		show_hop(f, finding, upper, "says from whom");
		show_hop(f, finding, lower, "says by whom");
		return;
	}
}

static bool trusted_writer(const struct evidence *e, const struct hop *hop)
{
	return e->trust && hop->by && trust_covers(e->trust, hop->by, NULL);
}

static bool any_dkim_pass(const struct evidence *e)
{
	return e->dkim && e->dkim->result == RESULT_PASS;
}

static void forged_border(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct trace *t = e->trace;

	if (t->border_assumed)
		return;
	for (size_t i = t->border; t->border && i < t->count; i++) {
		const struct hop *hop = &t->hop[i], *above = &t->hop[i - 1];
		bool own_mail;

		if (!trusted_writer(e, hop))
			continue;
		/* our own mail that comes back: the line above says that it came from us, and
		 * somebody vouches for the mail */
		own_mail = (trust_covers(e->trust, above->rdns, &above->addr) ||
				   trust_covers(e->trust, above->helo, NULL)) &&
			   (handed_on(f) || author_passes(e) || any_dkim_pass(e));
		show_hop(f,
			finding_raise(f, FINDING_RCV_FORGED_BORDER,
				own_mail ? SEVERITY_LOW : SEVERITY_NONE,
				"hop %u below the border names your host %s as its writer", hop->n,
				hop->by),
			hop, "names your host");
		return;
	}
}

/* --- the shape of a server's lines --- */

static bool all_of(struct span s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.ptr[i] || !strchr(set, s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool has_comment(const struct hop *hop, const char *text)
{
	for (size_t i = 0; i < hop->comment_count; i++)
		if (span_iis(span_trim(hop->comment[i]), text))
			return true;
	return false;
}

/* Postfix queue ids: 5 or more upper-case hexadecimal digits, or the long form in 52 characters
 * with a "z" between. */
static const char *bad_postfix(const struct hop *hop)
{
	struct span id = span_of(hop->id);

	if (!has_comment(hop, "Postfix"))
		return NULL;
	if (!hop->id) /* none before the queue (a proxy filter): smtpd has no queue file then */
		return hop->date.odd & DATE_FORM ? "its date is not in Postfix's form" : NULL;
	if (id.len < 5 || id.len > 24)
		return "its queue id has the wrong length";
	if (!all_of(id, "0123456789ABCDEF") &&
		!(id.len >= 11 &&
			all_of(id, "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz") &&
			span_chr(id, 'z') < id.len))
		return "its queue id is none that Postfix makes";
	if (hop->date.odd & DATE_FORM)
		return "its date is not in Postfix's form";
	return NULL;
}

/* Google's front doors end their ids with the time, as in "....2024.01.15.08.30.00". */
static const char *bad_google(const struct hop *hop)
{
	static const char *const door[] = {
		"mx.google.com", "smtp.gmail.com", "gmr-mx.google.com", "smtp-relay.gmail.com"};
	struct span id = span_of(hop->id);
	unsigned numbers = 0;
	bool is_door = false;

	for (size_t i = 0; i < sizeof door / sizeof *door; i++)
		is_door |= span_iis(span_of(hop->by), door[i]);
	if (!is_door || !hop->name || (hop->odd & HOP_NOT_SMTP))
		return NULL;
	if (!hop->id)
		return "it has no id";
	while (id.len) {
		size_t dot = span_rchr(id, '.');
		struct span last = dot < id.len ? span_skip(id, dot + 1) : SPAN_NONE;

		if (!last.len || !all_of(last, "0123456789"))
			break;
		numbers++;
		id = span_sub(id, 0, dot);
	}
	return numbers >= 6 ? NULL : "its id does not end with the time, as Google's do";
}

static const char *bad_exchange(const struct hop *hop)
{
	static const char *const known[] = {
		"Microsoft SMTP", "mapi", "HTTPS", "ShadowRedundancy", "SMTP Server"};
	struct span by = span_of(hop->by), with = span_of(hop->with);

	if (!span_iends(by, ".prod.outlook.com") && !span_iends(by, ".protection.outlook.com"))
		return NULL;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_istarts(with, known[i]))
			return NULL;
	return hop->with ? "its protocol is none that Exchange Online writes"
			 : "it names no protocol";
}

/* The time inside a queue id (Exim, Postfix's long form, Sendmail) is when the same host took the
 * message in. */
static const char *bad_queue_time(const struct evidence *e, const struct hop *hop)
{
	const struct clock_list *list = &e->trace->clocks;

	for (size_t i = 0; i < list->count; i++) {
		struct span origin = span_of(list->clock[i].origin);
		int64_t off = hop->date.time - list->clock[i].time;

		if ((off > 8 * DAY || off < -2 * DAY) && span_starts(origin, hop->origin) &&
			span_starts(span_skip(origin, strlen(hop->origin)), " queue id"))
			return arena_printf(e->arena, "its queue id was made at %s",
				moment_text(e->arena, list->clock[i].time));
	}
	return NULL;
}

static void vendor_format(struct findings *f)
{
	static const int64_t year_2010 = 1262304000;
	const struct trace *t = f->evidence->trace;

	for (size_t i = t->border; i < t->count; i++) {
		const struct hop *hop = &t->hop[i];
		const char *why;

		if (!hop->date.valid || hop->date.time < year_2010 || !hop->by)
			continue;
		why = bad_postfix(hop);
		if (!why)
			why = bad_google(hop);
		if (!why)
			why = bad_exchange(hop);
		if (!why)
			why = bad_queue_time(f->evidence, hop);
		if (!why)
			continue;
		show_hop(f,
			finding_raise(f, FINDING_RCV_VENDOR_FORMAT,
				t->border_assumed ? SEVERITY_MEDIUM : SEVERITY_NONE,
				"hop %u by %s: %s", hop->n, hop->by, why),
			hop, "imitated line");
		return;
	}
}

/* --- clocks of the hops --- */

static enum severity back_severity(
	const struct findings *f, const struct hop *newer, const struct hop *older, int64_t back)
{
	const struct trace *t = f->evidence->trace;
	bool weak = (newer->date.odd | older->date.odd) &
		    (DATE_ZONE_MISSING | DATE_ZONE_UNKNOWN | DATE_ZONE_ODD | DATE_YEAR_SHORT);

	if (back < HOUR || weak)
		return SEVERITY_LOW;
	/* Behind a list the clocks of many authors' machines come to light, wrong by hours. */
	if (back <= DAY && f->context & CONTEXT_LIST && !(f->context & CONTEXT_REFUTED))
		return SEVERITY_LOW;
	return back > DAY && t->border && older->n > t->border && !t->border_assumed
		       ? SEVERITY_HIGH
		       : SEVERITY_MEDIUM;
}

static const struct hop *next_dated(const struct trace *t, const struct hop *hop)
{
	for (size_t i = hop->n; i < t->count; i++)
		if (t->hop[i].date.valid)
			return &t->hop[i];
	return NULL;
}

static void time_back(struct findings *f)
{
	const struct trace *t = f->evidence->trace;
	const struct hop *worst = NULL, *older;
	struct finding *finding;

	for (size_t i = 0; i < t->count; i++)
		if (t->hop[i].has_delay && t->hop[i].delay_s < -300 &&
			(!worst || t->hop[i].delay_s < worst->delay_s))
			worst = &t->hop[i];
	if (!worst || !(older = next_dated(t, worst)))
		return;
	finding = finding_raise(f, FINDING_RCV_TIME_BACK,
		back_severity(f, worst, older, -worst->delay_s),
		"hop %u is stamped %s before hop %u below it", worst->n,
		moment_duration(f->arena, -worst->delay_s), older->n);
	finding_show(f, finding, worst->date_where, "later hop, earlier time");
	finding_show(f, finding, older->date_where, "earlier hop, later time");
}

static void long_gap(struct findings *f)
{
	const struct trace *t = f->evidence->trace;
	const struct hop *worst = NULL;

	for (size_t i = 0; i < t->count; i++)
		if (t->hop[i].has_delay && t->hop[i].delay_s > 4 * HOUR &&
			(!worst || t->hop[i].delay_s > worst->delay_s))
			worst = &t->hop[i];
	if (worst)
		finding_show(f,
			finding_raise(f, FINDING_RCV_GAP, SEVERITY_NONE,
				"%s passed before hop %u, by %s",
				moment_duration(f->arena, worst->delay_s), worst->n,
				shown(worst->by)),
			worst->date_where, "after the wait");
}

static void future(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct trace *t = e->trace;

	for (size_t i = t->border; t->border && e->at != TIME_NONE && i < t->count; i++) {
		const struct hop *hop = &t->hop[i];

		if (!hop->date.valid || hop->date.time <= e->at + HOUR)
			continue;
		finding_show(f,
			finding_raise(f, FINDING_RCV_FUTURE,
				t->border_assumed ? SEVERITY_LOW : SEVERITY_NONE,
				"hop %u is dated %s after the message arrived", hop->n,
				moment_duration(f->arena, hop->date.time - e->at)),
			hop->date_where, "time to come");
		return;
	}
}

/* --- the client at the border --- */

static void helo_raise(
	struct findings *f, const struct hop *hop, enum severity severity, const char *what)
{
	finding_show(f,
		finding_raise(f, FINDING_RCV_HELO_FAKE, severity,
			"the client %s%s%s said HELO %s: %s", shown(hop->ip), hop->rdns ? ", " : "",
			hop->rdns ? hop->rdns : "", hop->helo, what),
		hop->from_where, "HELO");
}

/* HELO is the receiver's own name or address. */
static bool names_receiver(const struct evidence *e, const struct hop *hop)
{
	struct ip literal = ip_parse(span_of(hop->helo)), by_ip = {0};

	if (hop->by_ip)
		by_ip = ip_parse(span_of(hop->by_ip));
	if (literal.family)
		return !ip_equal(&literal, &hop->addr) &&
		       (ip_equal(&literal, &by_ip) ||
			       (e->trust && trust_covers(e->trust, NULL, &literal)));
	if (hop->by && span_ieq(span_of(hop->helo), span_of(hop->by)))
		return true;
	if (e->trace->border_assumed)
		return false;
	return (e->trust && trust_covers(e->trust, hop->helo, NULL)) ||
	       (hop->rdns && strchr(hop->helo, '.') && same_org(e, hop->helo, hop->by));
}

/* ... while nothing else says that the client is one of its hosts. */
static bool helo_is_receiver(const struct evidence *e, const struct hop *hop)
{
	return names_receiver(e, hop) && !(hop->rdns && same_org(e, hop->rdns, hop->by));
}

static void client(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct hop *hop = border_hop(e);
	struct span helo;

	if (!hop || !from_outside(e))
		return;
	if (hop->rdns_unknown)
		finding_show(f,
			finding_raise(f, FINDING_RCV_NO_RDNS, SEVERITY_NONE, "%s", shown(hop->ip)),
			hop->ip_where, "client");
	helo = span_of(hop->helo);
	if (!helo.len || (hop->odd & HOP_NOT_SMTP))
		return;
	if (helo_is_receiver(e, hop))
		helo_raise(f, hop, e->trace->border_assumed ? SEVERITY_MEDIUM : SEVERITY_HIGH,
			"that is the receiver's own name");
	else if (span_iis(helo, "localhost") || span_iis(helo, "localhost.localdomain") ||
		 (span_chr(helo, '.') == helo.len && span_chr(helo, ':') == helo.len))
		helo_raise(f, hop, author_passes(e) ? SEVERITY_LOW : SEVERITY_NONE,
			"that is no name of a host on the internet");
	else if (hop->rdns && helo.ptr[0] != '[' && !ip_parse(helo).family &&
		 !same_org(e, hop->rdns, hop->helo))
		helo_raise(f, hop, SEVERITY_LOW, "the address belongs to another name");
}

/* Addresses that no host can have as a client: 0/8, 224/4, 240/4, an octet over 255. */
static bool illegal(const struct hop *hop)
{
	if (hop->odd & HOP_BAD_IP)
		return true;
	if (hop->addr.family == 4)
		return hop->addr.bytes[0] == 0 || hop->addr.bytes[0] >= 224;
	return hop->addr.family == 6 && hop->addr.bytes[0] == 0xff;
}

static void illegal_ip(struct findings *f)
{
	const struct trace *t = f->evidence->trace;

	for (size_t i = 0; i < t->count; i++) {
		const struct hop *hop = &t->hop[i];

		if (!illegal(hop) || (hop->odd & HOP_LOCAL))
			continue;
		finding_show(f,
			finding_raise(f, FINDING_RCV_ILLEGAL_IP, SEVERITY_NONE, "hop %u: %s",
				hop->n, hop->ip ? hop->ip : arena_text(f->arena, hop->ip_where)),
			hop->ip_where, "address");
		return;
	}
}

/* --- places and numbers --- */

static void misplaced(struct findings *f)
{
	static const enum field_name author[] = {NAME_FROM, NAME_SUBJECT, NAME_DATE};
	const struct evidence *e = f->evidence;
	const struct trace *t = e->trace;
	unsigned above = 0, present = 0;
	const struct hop *last = t->count ? &t->hop[t->count - 1] : NULL;
	bool all_below = true;

	for (size_t i = 0; last && i < 3; i++) {
		const struct field *field = message_field(e->message, author[i], 0);

		if (!field)
			continue;
		present++;
		above += field->index < last->field->index;
		all_below &= field->index < t->hop[0].field->index;
	}
	if (!above)
		return;
	show_hop(f,
		finding_raise(f, FINDING_RCV_MISPLACED,
			all_below || above < present || handed_on(f) || author_passes(e)
				? SEVERITY_LOW
				: SEVERITY_NONE,
			"hop %u stands below fields that the author wrote%s", last->n,
			all_below ? ", as all hops do" : ""),
		last, "Received below the author's fields");
}

static void loop(struct findings *f)
{
	const struct trace *t = f->evidence->trace;
	size_t count = t->count < LOOP_HOPS ? t->count : LOOP_HOPS;

	if (t->count > MANY_HOPS) {
		show_hop(f,
			finding_raise(f, FINDING_RCV_LOOP, SEVERITY_NONE, "%zu Received lines%s",
				t->count, t->limited ? ", and more that were not read" : ""),
			&t->hop[t->count - 1], "oldest line");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct hop *a = &t->hop[i];

		/* Exchange writes its version where others write an id. */
		if (!a->id || !a->by || (a->family && strcmp(a->family, "Exchange") == 0))
			continue;
		for (size_t k = i + 1; k < count; k++) {
			const struct hop *b = &t->hop[k];

			if (!b->id || !b->by || strcmp(a->id, b->id) != 0 ||
				strcmp(a->by, b->by) != 0)
				continue;
			struct finding *finding = finding_raise(f, FINDING_RCV_LOOP, SEVERITY_NONE,
				"hops %u and %u have the same writer and id", a->n, b->n);

			show_hop(f, finding, a, NULL);
			show_hop(f, finding, b, "again");
			return;
		}
	}
}

static bool in_route(const struct trace *t, const struct ip *ip)
{
	for (size_t i = 0; i < t->count; i++) {
		struct ip name = ip_parse(span_of(t->hop[i].name));

		if (ip_equal(ip, &t->hop[i].addr) || ip_equal(ip, &name))
			return true;
	}
	return false;
}

static bool webmail_route(const struct trace *t)
{
	static const char *const word[] = {"HTTP", "HTTPS", "HTTPREST", "mapi", "REST", "NNFMP"};

	for (size_t i = 0; i < t->count; i++) {
		if (t->hop[i].provider)
			return true;
		for (size_t k = 0; t->hop[i].with && k < sizeof word / sizeof *word; k++)
			if (span_iis(span_of(t->hop[i].with), word[k]))
				return true;
	}
	return false;
}

static void originating(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct field *first = message_field(e->message, NAME_X_ORIGINATING_IP, 0), *other;
	struct ip ip, next;

	if (!first)
		return;
	ip = ip_parse(field_unfold(e->arena, first));
	for (size_t i = 1; i < 8 && (other = message_field(e->message, NAME_X_ORIGINATING_IP, i));
		i++) {
		next = ip_parse(field_unfold(e->arena, other));
		if (!next.family || ip_equal(&ip, &next))
			continue;
		struct finding *finding = finding_raise(
			f, FINDING_XOIP_CONFLICT, SEVERITY_NONE, "it names two clients");

		finding_show(f, finding, first->whole, NULL);
		finding_show(f, finding, other->whole, "another value");
		return;
	}
	if (!ip_public(&ip) || in_route(e->trace, &ip) || !e->trace->count)
		return;
	finding_show(f,
		finding_raise(f, FINDING_XOIP_CONFLICT,
			webmail_route(e->trace) ? SEVERITY_INFO : SEVERITY_NONE,
			"%s is in no Received line", ip_text(f->arena, &ip)),
		first->whole, NULL);
}

void findings_route(struct findings *f)
{
	below_border_note(f);
	disconnect(f);
	forged_border(f);
	vendor_format(f);
	time_back(f);
	future(f);
	long_gap(f);
	client(f);
	illegal_ip(f);
	misplaced(f);
	loop(f);
	originating(f);
}
