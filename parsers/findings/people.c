/* SPDX-License-Identifier: ISC */
/* Who is named beside the author's address: display names, look-alike domains, Reply-To, Sender,
 * recipients, the thread. */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/fromscan.h"
#include "parsers/findings/lookalike.h"
#include "parsers/findings/runes.h"

enum { NAME_LONG = 100, NAME_BLANKS = 8, REFERENCES_MAX = 200, LINKS_MAX = 200 };

static bool softened(const struct findings *f)
{
	if (f->context & CONTEXT_LIST && !(f->context & CONTEXT_REFUTED))
		return true;
	return f->context & (CONTEXT_FORWARD | CONTEXT_TRUSTED_ARC | CONTEXT_REPAIRED);
}

/* DMARC was evaluated on complete evidence and failed; not merely unknown. */
static bool author_fails(const struct evidence *e)
{
	return e->dmarc && e->dmarc->decides && e->dmarc->decides->result == RESULT_FAIL;
}

static struct span author_where(const struct evidence *e)
{
	return e->from.count ? e->from.address[0].where : SPAN_NONE;
}

static bool among(const struct evidence *e, const struct address_list *list, const char *domain)
{
	for (size_t i = 0; i < list->count && i < REFERENCES_MAX; i++)
		if (same_org(e, list->address[i].domain, domain))
			return true;
	return false;
}

/* --- the display name --- */

/* "a@x via Y" of lists and helpdesks: the address shown has another right to stand there. */
static bool name_explained(struct findings *f, const char *shown)
{
	const struct evidence *e = f->evidence;

	if (f->context & (CONTEXT_LIST | CONTEXT_FORWARD | CONTEXT_DSN))
		return true;
	return author_passes(e) && among(e, &e->reply_to, shown);
}

static bool check_name_address(struct findings *f, const struct address *a)
{
	struct span rest = span_of(a->display), token;
	bool found = false;

	while ((token = fromscan_address(&rest)).len) {
		const char *shown = address_domain(f->arena, token);

		if (token.ptr[0] == '@' || !shown || !strchr(shown, '.'))
			continue;
		found = true;
		if (same_org(f->evidence, shown, a->domain))
			continue;
		finding_show(f,
			finding_raise(f, FINDING_FROM_NAME_ADDR,
				name_explained(f, shown) ? SEVERITY_LOW : SEVERITY_NONE,
				"the name reads %.*s, the address is %s", SPAN_ARG(token),
				a->address),
			a->where, "name and address");
	}
	return found;
}

/* What may stand at the end of a host name that is meant as one: a name of two letters, or a
 * well-known longer one. */
static bool known_suffix(const struct evidence *e, struct span label)
{
	static const char *const name[] = {"com", "net", "org", "edu", "gov", "mil", "int", "info",
		"biz", "online", "shop", "site", "store", "app", "cloud", "bank", "tech", "xyz",
		"email"};
	const char *own = e->author_domain ? strrchr(e->author_domain, '.') : NULL;

	if (own && span_iis(label, own + 1))
		return true;
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (span_iis(label, name[i]))
			return true;
	/* A few that are domains far more often than file endings or initials. */
	return span_iis(label, "de") || span_iis(label, "uk") || span_iis(label, "fr") ||
	       span_iis(label, "io") || span_iis(label, "co") || span_iis(label, "eu") ||
	       span_iis(label, "ru") || span_iis(label, "cn") || span_iis(label, "jp") ||
	       span_iis(label, "in") || span_iis(label, "br") || span_iis(label, "au") ||
	       span_iis(label, "ca") || span_iis(label, "ch") || span_iis(label, "nl") ||
	       span_iis(label, "it");
}

/* The next "www.bank.example" in a text: at least two labels of letters, digits and hyphens. */
static struct span next_host(const struct evidence *e, struct span *rest)
{
	while (rest->len) {
		size_t from = 0, to;

		while (from < rest->len && !is_alnum(rest->ptr[from]))
			from++;
		for (to = from;
			to < rest->len &&
			(is_alnum(rest->ptr[to]) || rest->ptr[to] == '-' || rest->ptr[to] == '.');
			to++)
			;

		struct span word = span_sub(*rest, from, to);
		bool address = (from && rest->ptr[from - 1] == '@') ||
			       (to < rest->len && rest->ptr[to] == '@');
		size_t dot;

		*rest = span_skip(*rest, to > from ? to : from + 1);
		while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == '-'))
			word.len--;
		dot = span_rchr(word, '.');
		if (!address && dot >= 2 && dot < word.len &&
			known_suffix(e, span_skip(word, dot + 1)))
			return word;
	}
	return SPAN_NONE;
}

static enum severity name_severity(const struct findings *f)
{
	return softened(f) || author_passes(f->evidence) ? SEVERITY_LOW : SEVERITY_NONE;
}

static void check_name_hosts(struct findings *f, const struct address *a)
{
	const struct evidence *e = f->evidence;
	struct span rest = span_of(a->display), word;

	if (span_chr(rest, '.') == rest.len)
		return;
	while ((word = next_host(e, &rest)).len) {
		const char *host = domain_ascii(f->arena, word);

		if (host && !same_org(e, host, a->domain))
			finding_show(f,
				finding_raise(f, FINDING_FROM_NAME_DOMAIN, name_severity(f),
					"the name reads %s, the address belongs to %s", host,
					a->domain),
				a->where, "name and address");
	}
}

/* WORD as a word of its own in TEXT, case ignored. */
static bool has_word(const char *text, struct span word)
{
	struct span s = span_of(text);

	for (size_t at = 0; (at = span_ifind(s, word, at)) < s.len; at++) {
		bool before = at == 0 || !is_alnum(s.ptr[at - 1]);
		bool after = at + word.len >= s.len || !is_alnum(s.ptr[at + word.len]);

		if (before && after)
			return true;
	}
	return false;
}

static bool check_name_org(struct findings *f, const struct address *a, const char *domain)
{
	const struct evidence *e = f->evidence;
	struct span label = org_label(e, domain);

	if (label.len < 4 || !has_word(a->display, label) || is_freemail(domain) ||
		same_org(e, domain, a->domain) || span_ieq(label, org_label(e, a->domain)))
		return false;
	finding_show(f,
		finding_raise(f, FINDING_FROM_NAME_DOMAIN, name_severity(f),
			"the name speaks for %s, the address belongs to %s", domain, a->domain),
		a->where, "name and address");
	return true;
}

static void check_name_speaks(struct findings *f, const struct address *a)
{
	const struct evidence *e = f->evidence;
	const struct brand *brand = brand_named(a->display);

	for (size_t i = 0; i < e->protect_count; i++)
		if (check_name_org(f, a, e->protect[i]))
			return;
	/* On a list the recipient is the list, whose name many names carry. */
	for (size_t i = 0; !softened(f) && i < e->recipients.count && i < REFERENCES_MAX; i++)
		if (e->recipients.address[i].domain &&
			check_name_org(f, a, e->recipients.address[i].domain))
			return;
	if (brand && !brand_owns(e, brand, a->domain))
		finding_show(f,
			finding_raise(f, FINDING_FROM_NAME_DOMAIN,
				softened(f) ? SEVERITY_LOW : SEVERITY_NONE,
				"the name speaks for %s, the address belongs to %s", brand->word,
				a->domain),
			a->where, "name and address");
}

/* The longest run of plain blanks as they stand in the field, where decoding may have joined them.
 */
static size_t blanks_in(struct span s)
{
	size_t most = 0, run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = s.ptr[i] == ' ' ? run + 1 : 0;
		/* Behind a line end they are a fold's. */
		if (run == 1 && i && is_space(s.ptr[i - 1]))
			run = 0;
		most = run > most ? run : most;
	}
	return most;
}

static void check_name_pad(struct findings *f, const struct address *a)
{
	struct span rest = span_of(a->display), pair = SPAN("  ");
	size_t count = 0, blanks = 0, most;
	uint32_t rune;

	/* Mostly a short text of plain characters, in which no two blanks stand in a row. */
	if (rest.len <= NAME_LONG && printable_plain(rest) == rest.len &&
		span_find(rest, pair, 0) == rest.len && span_find(a->where, pair, 0) == a->where.len)
		return;
	most = blanks_in(a->where);
	while (rune_next(&rest, &rune)) {
		bool blank = rune == ' ' || rune == '\t' || rune == 0xa0 || rune == 0x3000 ||
			     rune == 0x2800 || (rune >= 0x2000 && rune <= 0x200a);

		count++;
		blanks = blank ? blanks + 1 : 0;
		most = blanks > most ? blanks : most;
		if (rune_override(rune))
			finding_show(f,
				finding_raise(f, FINDING_FROM_BIDI, SEVERITY_NONE,
					"U+%04X in the name reverses what follows", rune),
				a->where, "name");
	}
	if (count > NAME_LONG || most >= NAME_BLANKS)
		finding_show(f,
			finding_raise(f, FINDING_FROM_NAME_PAD, SEVERITY_NONE,
				most >= NAME_BLANKS ? "%zu blanks stand in a row"
						    : "the name has %zu characters",
				most >= NAME_BLANKS ? most : count),
			a->where, "name");
}

static void check_name(struct findings *f, const struct address *a)
{
	if (!a->display || !*a->display)
		return;
	check_name_pad(f, a);
	if (!a->domain)
		return;
	check_name_address(f, a);
	check_name_hosts(f, a);
	check_name_speaks(f, a);
}

/* --- the domain --- */

static enum severity likeness_severity(const struct findings *f, enum likeness likeness)
{
	if (likeness == LIKE_SUFFIX)
		return SEVERITY_MEDIUM;
	/* A letter apart is often chance, the more so where a list brings strangers together. */
	if (likeness == LIKE_EDIT && (softened(f) || author_passes(f->evidence)))
		return softened(f) ? SEVERITY_LOW : SEVERITY_MEDIUM;
	return SEVERITY_NONE;
}

static void raise_likeness(
	struct findings *f, const char *reference, enum likeness likeness, const char *whose)
{
	const struct evidence *e = f->evidence;

	finding_show(f,
		finding_raise(f, FINDING_FROM_LOOKALIKE, likeness_severity(f, likeness),
			"%s is %s %s, %s", e->author_domain, likeness_words(likeness), reference,
			whose),
		author_where(e), "author");
}

/* True where it was compared with enough: the author's domain is one of these itself, or a likeness
 * was found. */
static bool like_people(struct findings *f, const struct look *author)
{
	const struct evidence *e = f->evidence;

	for (size_t i = 0; i < e->recipients.count && i < REFERENCES_MAX; i++) {
		const char *domain = e->recipients.address[i].domain;
		enum likeness likeness;

		if (same_org(e, domain, e->author_domain))
			return true;
		likeness = look_like(e, author, domain);
		/* Sibling names of one owner are many, and providers' names are short. */
		if (likeness == LIKE_SIGHT || (likeness == LIKE_EDIT && !is_freemail(domain))) {
			raise_likeness(f, domain, likeness, "a recipient's domain");
			return true;
		}
	}
	return false;
}

static void check_lookalike(struct findings *f)
{
	const struct evidence *e = f->evidence;
	struct look author = look_of(e, e->author_domain);
	enum likeness likeness;
	const char *brand;

	for (size_t i = 0; i < e->protect_count; i++) {
		if (same_org(e, e->protect[i], e->author_domain))
			return;
		likeness = look_like(e, &author, e->protect[i]);
		if (likeness != LIKE_NOT) {
			raise_likeness(f, e->protect[i], likeness, "which is to be protected");
			return;
		}
	}
	if (is_freemail(e->author_domain) || like_people(f, &author))
		return;
	for (size_t i = 0; e->urls && i < e->urls->count && i < LINKS_MAX; i++)
		if (look_like(e, &author, e->urls->url[i].host) == LIKE_SIGHT) {
			raise_likeness(
				f, e->urls->url[i].host, LIKE_SIGHT, "which the message links to");
			return;
		}
	brand = brand_imitated(&author, &likeness);
	if (brand)
		raise_likeness(f, brand, likeness, "a name that is imitated often");
}

static void check_domain(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *label, *shown;

	if (!e->author_domain)
		return;
	check_lookalike(f);
	if (!strstr(e->author_domain, "xn--"))
		return;
	shown = domain_unicode(f->arena, e->author_domain);
	if (shown && strcmp(shown, e->author_domain) != 0)
		finding_show(f,
			finding_raise(f, FINDING_FROM_PUNYCODE, SEVERITY_NONE,
				"shown as %s, registered as %s", shown, e->author_domain),
			author_where(e), "author");
	label = mixed_script_label(f->arena, e->author_domain);
	if (label)
		finding_show(f,
			finding_raise(f, FINDING_FROM_MIXED_SCRIPT, SEVERITY_NONE,
				"the label %s is made of letters that imitate others", label),
			author_where(e), "author");
}

/* --- others beside the author --- */

static void check_sender(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct field *field = message_field(e->message, NAME_SENDER, 0);
	const char *domain = e->sender.count ? e->sender.address[0].domain : NULL;

	if (!field || !domain || !e->author_domain || same_org(e, domain, e->author_domain))
		return;
	finding_show(f,
		finding_raise(f, FINDING_SENDER_MISMATCH,
			softened(f) || org_signed(e, domain) || org_sent(e, domain) ? SEVERITY_INFO
										    : SEVERITY_NONE,
			"submitted by %s on behalf of %s", e->sender.address[0].address,
			e->author_domain),
		field->whole, "Sender");
}

static enum severity reply_severity(const struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *reply = e->reply_to.address[0].domain;

	/* Lists ask for replies to the list; programs at the recipient's own site ask for replies
	 * to it. */
	if (softened(f) || author_passes(e) ||
		f->context & (CONTEXT_CALENDAR | CONTEXT_ESP | CONTEXT_INTERNAL))
		return SEVERITY_LOW;
	return among(e, &e->recipients, reply) || !author_fails(e) ? SEVERITY_LOW : SEVERITY_NONE;
}

static bool same_name(const struct address *a, const struct address *b)
{
	return a->display && b->display && *a->display && strcasecmp(a->display, b->display) == 0;
}

static void check_freemail(struct findings *f, const struct field *field)
{
	const struct evidence *e = f->evidence;
	const struct address *reply = &e->reply_to.address[0];
	bool named = e->from.count && same_name(&e->from.address[0], reply);
	enum severity severity = author_passes(e)  ? named ? SEVERITY_MEDIUM : SEVERITY_LOW
				 : author_fails(e) ? SEVERITY_NONE
						   : SEVERITY_MEDIUM;

	if (is_freemail(e->author_domain) || !is_freemail(reply->domain))
		return;
	if (softened(f) || f->context & CONTEXT_INTERNAL)
		severity = SEVERITY_LOW;
	finding_show(f,
		finding_raise(f, FINDING_REPLYTO_FREEMAIL, severity,
			"replies to %s go to %s, a free mailbox", e->author_domain, reply->address),
		field->whole, "Reply-To");
}

/* At a provider the mailbox is the person: another one is somebody else, whatever the provider
 * vouches for. */
static void check_other_mailbox(struct findings *f, const struct field *field)
{
	const struct evidence *e = f->evidence;
	const char *own = e->from.count ? e->from.address[0].address : NULL;

	if (!own || !is_freemail(e->author_domain))
		return;
	for (size_t i = 0; i < e->reply_to.count; i++)
		if (!is_freemail(e->reply_to.address[i].domain) ||
			strcasecmp(e->reply_to.address[i].address, own) == 0)
			return;
	finding_show(f,
		finding_raise(f, FINDING_REPLYTO_MISMATCH,
			softened(f) ? SEVERITY_LOW : SEVERITY_NONE,
			"a reply to %s would go to another mailbox, %s", own,
			e->reply_to.address[0].address),
		field->whole, "Reply-To");
}

static void check_reply_to(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct field *field = message_field(e->message, NAME_REPLY_TO, 0);
	const char *reply = e->reply_to.count ? e->reply_to.address[0].domain : NULL;
	enum likeness likeness;

	if (!field || !reply || !e->author_domain)
		return;
	check_other_mailbox(f, field);
	if (among(e, &e->reply_to, e->author_domain))
		return;
	finding_show(f,
		finding_raise(f, FINDING_REPLYTO_MISMATCH, reply_severity(f),
			"a reply to %s would go to %s", e->author_domain,
			e->reply_to.address[0].address),
		field->whole, "Reply-To");
	check_freemail(f, field);
	likeness = domain_like(e, reply, e->author_domain);
	if (likeness == LIKE_SIGHT || (likeness == LIKE_EDIT && !softened(f)))
		finding_show(f,
			finding_raise(f, FINDING_REPLYTO_LOOKALIKE, likeness_severity(f, likeness),
				"%s is %s %s", reply, likeness_words(likeness), e->author_domain),
			field->whole, "Reply-To");
}

static void check_return_path(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *domain = mail_from_domain(e);

	if (domain && e->author_domain && !same_org(e, domain, e->author_domain))
		finding_show(f,
			finding_raise(f, FINDING_RETURNPATH_DIFF, SEVERITY_NONE, "bounces go to %s",
				e->trace->mail_from.value),
			e->trace->mail_from.where, "envelope sender");
}

/* RFC 5322 3.6.6: a resent block has From and Date; Received stands above it. */
static void check_resent(struct findings *f)
{
	const struct message *m = f->evidence->message;
	const struct field *from = message_field(m, NAME_RESENT_FROM, 0),
			   *received = message_field(m, NAME_RECEIVED, 0);
	bool date = message_field(m, NAME_RESENT_DATE, 0),
	     id = message_field(m, NAME_RESENT_MESSAGE_ID, 0);
	bool above = received && from && received->index < from->index;

	if (!from || (date && id && above))
		return;
	finding_show(f,
		finding_raise(f, FINDING_RESENT_PARTIAL,
			(date && above) || f->context & (CONTEXT_LIST | CONTEXT_FORWARD)
				? SEVERITY_LOW
				: SEVERITY_NONE,
			"%s",
			!date    ? "it has no Resent-Date"
			: !above ? "no Received stands above it"
				 : "it has no Resent-Message-ID"),
		from->whole, "Resent-From");
}

/* --- recipients --- */

/* Who it was delivered to stands among the recipients. */
static bool recipient_named(const struct evidence *e)
{
	struct span to = header_value(e, NAME_DELIVERED_TO);
	const char *address = NULL;

	if (to.len == 0)
		to = header_value(e, NAME_X_ORIGINAL_TO);
	if (to.len)
		address = arena_text(e->arena, to);
	for (size_t i = 0; !address && e->trace && i < e->trace->count && i < 20; i++)
		address = e->trace->hop[i].for_address;
	if (!address)
		return true; /* not known: nothing to say */
	for (size_t i = 0; i < e->recipients.count && i < REFERENCES_MAX; i++)
		if (e->recipients.address[i].address &&
			strcasecmp(e->recipients.address[i].address, address) == 0)
			return true;
	return false;
}

static void check_recipients(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct field *to = message_field(e->message, NAME_TO, 0);
	bool any = false, self = e->from.count && e->from.address[0].address;

	for (size_t i = 0; i < e->recipients.count; i++) {
		const char *address = e->recipients.address[i].address;

		any |= address != NULL;
		self = self && (!address || strcasecmp(address, e->from.address[0].address) == 0);
	}
	if (any && self && !recipient_named(e))
		finding_show(f,
			finding_raise(f, FINDING_TO_SELF, SEVERITY_NONE,
				"the only recipient named is %s", e->from.address[0].address),
			to ? to->whole : SPAN_NONE, "To");
	if (!any && !(f->context & CONTEXT_LIST))
		finding_show(f,
			finding_raise(f, FINDING_TO_UNDISCLOSED, SEVERITY_NONE,
				"no address stands in To or Cc"),
			to ? to->whole : SPAN_NONE, "To");
}

/* --- threads --- */

/* "Re:" and its relatives in other languages: 'r' for an answer, 'f' for something passed on, 0 for
 * neither. */
static char reply_prefix(const char *subject)
{
	static const char *const reply[] = {
		"re", "aw", "sv", "antw", "vs", "ref", "rif", "odp", "ynt"};
	static const char *const forward[] = {"fw", "fwd", "wg", "tr", "rv", "enc", "doorst"};
	struct span s = span_trim(span_of(subject)), word;
	size_t len = 0;

	while (len < s.len && is_alpha(s.ptr[len]))
		len++;
	word = span_sub(s, 0, len);
	if (len >= s.len || (s.ptr[len] != ':' && s.ptr[len] != '['))
		return 0;
	for (size_t i = 0; i < sizeof reply / sizeof *reply; i++)
		if (span_iis(word, reply[i]))
			return 'r';
	for (size_t i = 0; i < sizeof forward / sizeof *forward; i++)
		if (span_iis(word, forward[i]))
			return 'f';
	return 0;
}

static void check_thread(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct field *subject = message_field(e->message, NAME_SUBJECT, 0);
	char kind = e->subject ? reply_prefix(e->subject) : 0;

	if (!kind || !subject || header_has(e, NAME_IN_REPLY_TO) || header_has(e, NAME_REFERENCES) ||
		header_has(e, NAME_THREAD_INDEX) || header_has(e, NAME_THREAD_TOPIC))
		return;

	bool quiet = kind == 'f' || softened(f) || author_passes(e) ||
		     f->context & (CONTEXT_AUTOREPLY | CONTEXT_DSN | CONTEXT_CALENDAR |
					  CONTEXT_INTERNAL);

	finding_show(f,
		finding_raise(f, FINDING_THREAD_FAKE,
			quiet || !author_fails(e) ? SEVERITY_LOW : SEVERITY_NONE,
			"the subject says %s, but no earlier message is named",
			kind == 'r' ? "reply" : "forward"),
		subject->whole, "Subject");
}

void findings_people(struct findings *f)
{
	const struct evidence *e = f->evidence;

	for (size_t i = 0; i < e->from.count && i < 20; i++)
		check_name(f, &e->from.address[i]);
	check_domain(f);
	check_sender(f);
	check_reply_to(f);
	check_return_path(f);
	check_resent(f);
	check_recipients(f);
	check_thread(f);
}
