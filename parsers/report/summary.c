/* SPDX-License-Identifier: ISC */
/* The first lines: the verdict in words, and what is proven, false and unknown, a sentence each. */
#include "parsers/report/build.h"
#include "parsers/report/sheet.h"

#include <string.h>

static void say(struct report *r, const char ***list, size_t *count, size_t *room, const char *text)
{
	*LIST_ADD(r->evidence.arena, *list, *count, *room) = text;
}

static void proven(struct report *r, const char *text)
{
	say(r, &r->proven, &r->proven_count, &r->proven_room, text);
}

static void is_false(struct report *r, const char *text)
{
	say(r, &r->is_false, &r->false_count, &r->false_room, text);
}

static void unknown(struct report *r, const char *text)
{
	say(r, &r->unknown, &r->unknown_count, &r->unknown_room, text);
}

static const struct finding *worst_of_claim(
	const struct report *r, const char *claim, enum severity least)
{
	for (size_t i = 0; i < r->findings->count; i++)
		if (r->findings->finding[i]->severity >= least &&
			strcmp(finding_info(r->findings->finding[i]->code)->claim, claim) == 0)
			return r->findings->finding[i];
	return NULL;
}

/* --- the headline */

/* What the worst finding adds to the verdict: a proven sender can still deceive. */
static const char *suffix(const struct report *r, const char *joint)
{
	static const struct {
		const char *claim, *word;
	} word[] = {{"FORGED", "FORGED IN PLACES"}, {"DECEPTION", "DECEPTIVE"},
		{"RISK", "DANGEROUS"}, {"HOLE", "WITH A HOLE"}};
	enum severity worst = SEVERITY_MEDIUM;
	const char *found = NULL;

	for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
		const struct finding *f = worst_of_claim(r, word[i].claim, SEVERITY_HIGH);

		if (f && f->severity > worst) {
			worst = f->severity;
			found = word[i].word;
		}
	}
	return found ? arena_printf(r->evidence.arena, ", %s %s", joint, found) : "";
}

static const char *headline(const struct report *r)
{
	struct arena *arena = r->evidence.arena;
	unsigned excused = CONTEXT_LIST | CONTEXT_FORWARD | CONTEXT_TRUSTED_ARC | CONTEXT_REPAIRED |
			   CONTEXT_INTERNAL;

	switch (r->author) {
	case AUTHOR_PROVEN:
		return arena_printf(arena, "PROVEN%s", suffix(r, "BUT"));
	case AUTHOR_PARTIAL:
		return worst_of_claim(r, "HOLE", SEVERITY_CRITICAL) ||
				       worst_of_claim(r, "FORGED", SEVERITY_HIGH)
			       ? "FORGED IN PART"
			       : "PROVEN IN PART";
	case AUTHOR_CONTRADICTED:
		return "CONTRADICTED";
	case AUTHOR_AMBIGUOUS:
		return "AMBIGUOUS";
	case AUTHOR_UNKNOWN:
		return arena_printf(arena, "UNKNOWN%s", suffix(r, "AND"));
	default:
		if (r->findings->context & excused && r->severity < SEVERITY_HIGH)
			return "NOT PROVEN, EXPLAINED";
		return arena_printf(arena, "NOT PROVEN%s", suffix(r, "AND"));
	}
}

/* --- the sentence behind it */

static const char *means(const struct report *r)
{
	const struct dmarc_eval *d = r->evidence.dmarc->decides;
	bool dkim = d->dkim.passed && d->dkim.aligned, spf = d->spf.passed && d->spf.aligned;

	return dkim && spf ? "DKIM and SPF" : dkim ? "DKIM" : spf ? "SPF" : "nothing";
}

/* The signature that verifies after its repair. One whose key is not known only says what its bh=
 * says. */
static const struct dkim_signature *repaired(const struct report *r)
{
	const struct evidence *e = &r->evidence;

	for (size_t i = 0; i < e->dkim->count; i++)
		if (e->dkim->signature[i].repair && e->dkim->signature[i].repair->proven &&
			e->dkim->signature[i].signature != SIGNATURE_UNCHECKED)
			return &e->dkim->signature[i];
	return NULL;
}

static const char *who_changed(const struct report *r)
{
	return r->findings->context & CONTEXT_LIST      ? "a mailing list"
	       : r->findings->context & CONTEXT_FORWARD ? "a forwarder"
							: "a host on the way";
}

/* Whether no text part that a reader sees has a signed byte: all of them begin behind what S
 * covers. */
static bool shown_is_unsigned(const struct report *r, const struct dkim_signature *s)
{
	const struct mime *mime = r->evidence.mime;
	size_t texts = 0;

	for (size_t i = 0; mime && i < mime->count; i++) {
		if (!mime->part[i].is_text || !mime->part[i].content.len)
			continue;
		if (!span_within(s->body_tail, mime->part[i].content))
			return false;
		texts++;
	}
	return texts > 0;
}

static const char *partial_sentence(const struct report *r, const struct dkim_signature *s)
{
	struct arena *arena = r->evidence.arena;

	if (s && s->body_uncovered)
		return arena_printf(arena, "%s signed %s of %s body bytes; %s", s->domain,
			text_number(arena, s->body_covered),
			text_number(arena, s->body_covered + s->body_uncovered),
			shown_is_unsigned(r, s) ? "the text you see is not signed"
						: "the rest could be anyone's");
	return r->findings->author_why ? r->findings->author_why : "a part of it is not signed";
}

static const char *ambiguous_sentence(const struct report *r)
{
	const struct findings *f = r->findings;

	if (f->reading_count >= 2)
		return arena_printf(r->evidence.arena, "From can be read as %s or as %s",
			f->reading[0].address, f->reading[1].address);
	return f->author_why;
}

static const char *unproven_sentence(const struct report *r)
{
	const struct evidence *e = &r->evidence;
	const struct dkim_signature *fixed = repaired(r);

	if (fixed && domain_relation(r, fixed->domain) > 0)
		return arena_printf(e->arena, "%s changed this message after %s signed it",
			who_changed(r), fixed->domain);
	if (!e->author_domain)
		return "From names no domain that could be checked";
	if (!e->dkim->count && r->spf_result == RESULT_NONE)
		return arena_printf(e->arena, "nothing in this message shows that %s sent it",
			e->author_domain);
	return r->findings->author_why;
}

static const char *sentence(const struct report *r)
{
	const struct evidence *e = &r->evidence;
	const char *text = r->findings->author_why;

	switch (r->author) {
	case AUTHOR_PROVEN:
		text = arena_printf(e->arena, "%s stands behind this message, by %s",
			e->author_domain, means(r));
		break;
	case AUTHOR_PARTIAL:
		text = partial_sentence(r, proving_signature(r));
		break;
	case AUTHOR_AMBIGUOUS:
		text = ambiguous_sentence(r);
		break;
	case AUTHOR_UNPROVEN:
		text = unproven_sentence(r);
		break;
	default:
		break;
	}
	return text ? text : "nothing is proven of the author";
}

/* --- proven, false, unknown */

/* "From, Subject, To and Date" of the fields that a reader sees and S covers. */
static const char *covered_fields(const struct report *r, const struct dkim_signature *s)
{
	static const enum field_name shown[] = {NAME_FROM, NAME_SUBJECT, NAME_TO, NAME_DATE};
	const char *covered[4];
	size_t count = 0;

	for (size_t i = 0; i < 4; i++) {
		const struct field *field = message_field(r->evidence.message, shown[i], 0);

		if (field && signature_covers(s, field))
			covered[count++] = field_name_text(shown[i]);
	}
	return count ? text_list(r->evidence.arena, covered, count, 4) : "none of the fields shown";
}

static void proven_by_dkim(struct report *r)
{
	const struct evidence *e = &r->evidence;
	size_t other = 0;

	for (size_t i = 0; i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];
		int relation = domain_relation(r, s->domain);

		if (s->result != RESULT_PASS)
			continue;
		if (relation > 0) {
			proven(r, arena_printf(e->arena, "%s signed this %s%s%s", s->domain,
					  covered_fields(r, s),
					  s->body_uncovered ? " and a part of the body"
							    : " and the whole body",
					  s->signed_at != TIME_NONE
						  ? arena_printf(e->arena, ", %s",
							    text_date(e->arena, s->signed_at, 0))
						  : ""));
		} else if (other++ < 2) {
			proven(r, arena_printf(e->arena,
					  "%s passed it on in this form (DKIM); it is not the "
					  "domain in From",
					  s->domain));
		}
	}
}

static void proven_by_repair(struct report *r)
{
	const struct evidence *e = &r->evidence;
	const struct dkim_signature *s = repaired(r);
	const char *edit[3];
	size_t count = 0;

	if (!s)
		return;
	for (size_t i = 0; i < s->repair->edit_count && i < 3; i++)
		edit[count++] = s->repair->edit[i].description;
	proven(r, arena_printf(e->arena,
			  "what %s signed can be restored, so it is %s's: since then %s", s->domain,
			  s->domain, text_list(e->arena, edit, count, 3)));
}

static void proven_by_spf(struct report *r)
{
	const struct evidence *e = &r->evidence;
	const struct spf_result *spf = e->spf->mail_from;

	if (spf->result == RESULT_PASS && spf->domain)
		proven(r, arena_printf(e->arena, "%s may send for %s (SPF)%s",
				  e->spf->client_ip ? e->spf->client_ip : "the client", spf->domain,
				  domain_relation(r, spf->domain) == 0
					  ? "; it is not the domain in From"
					  : ""));
	if (e->arc->result == RESULT_PASS && e->arc->count)
		proven(r, arena_printf(e->arena, "%s handled it and sealed what it saw (ARC)",
				  e->arc->set[e->arc->count - 1].seal.domain));
}

static void false_by_dkim(struct report *r)
{
	const struct evidence *e = &r->evidence;

	for (size_t i = 0; i < e->dkim->count && r->false_count < 3; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];
		const char *what = s->cause == CAUSE_BODY_CHANGED     ? "the body is"
				   : s->cause == CAUSE_HEADER_CHANGED ? "the header is"
				   : s->cause == CAUSE_BOTH_CHANGED   ? "header and body are"
								      : NULL;

		if (s->signature == SIGNATURE_UNCHECKED)
			continue; /* without its key nothing is known to be signed by that domain */
		if (what && s->domain)
			is_false(r,
				arena_printf(e->arena, "that %s as %s signed %s", what, s->domain,
					s->cause == CAUSE_BOTH_CHANGED ? "them" : "it"));
		else if (s->cause == CAUSE_WRONG_KEY && s->domain)
			is_false(r, arena_printf(e->arena,
					    "that %s made the signature in its name with the key "
					    "on record",
					    s->domain));
	}
}

/* What a reader sees and may take for signed, because a signature passes. */
static void false_by_holes(struct report *r, const struct dkim_signature *s)
{
	static const enum field_name shown[] = {
		NAME_FROM, NAME_SUBJECT, NAME_TO, NAME_CC, NAME_DATE, NAME_REPLY_TO, NAME_CONTENT_TYPE};
	struct arena *arena = r->evidence.arena;
	const char *open[8];
	size_t count = 0;

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct field *field = message_field(r->evidence.message, shown[i], 0);

		if (field && !signature_covers(s, field))
			open[count++] = field_name_text(shown[i]);
	}
	if (s->body_uncovered)
		open[count++] =
			shown_is_unsigned(r, s) ? "the message text" : "the end of the body";
	if (count)
		is_false(r, arena_printf(arena,
				    "that %s signed what is shown: %s %s not covered by any proof",
				    s->domain, text_list(arena, open, count, 6),
				    count > 1 ? "are" : "is"));
}

static void false_claims(struct report *r)
{
	const struct evidence *e = &r->evidence;
	const struct dmarc_eval *d = e->dmarc->decides;

	if (r->author == AUTHOR_CONTRADICTED)
		is_false(r, arena_printf(e->arena,
				    "that %s vouches for it: it asks for %s of such mail",
				    e->author_domain,
				    d->policy == POLICY_REJECT ? "rejection" : "quarantine"));
	if (r->author == AUTHOR_PARTIAL && proving_signature(r))
		false_by_holes(r, proving_signature(r));
	false_by_dkim(r);
	for (size_t i = 0; i < r->comparison_count; i++) {
		const struct comparison *c = &r->comparison[i];

		if (c->agrees == 0 && !c->trusted &&
			c->field->known != NAME_ARC_AUTHENTICATION_RESULTS &&
			strcmp(c->recorded, "pass") == 0) {
			is_false(r, arena_printf(e->arena,
					    "the claim in the header that %s passed: it is %s",
					    c->method, c->recomputed ? c->recomputed : "not so"));
			break;
		}
	}
}

static void unknowns(struct report *r)
{
	const struct evidence *e = &r->evidence;

	if (r->missing_count)
		unknown(r, arena_printf(e->arena, "what DNS said of %s%s: not recorded",
				   r->missing[0].name,
				   r->missing_count > 1
					   ? arena_printf(e->arena, " and %s",
						     text_count(e->arena, r->missing_count - 1,
							     "other name"))
					   : ""));
	if (r->author == AUTHOR_PARTIAL)
		unknown(r, "who added what is not signed; whether this recipient was meant");
	else if (r->author != AUTHOR_PROVEN)
		unknown(r, repaired(r) && domain_relation(r, repaired(r)->domain) > 0
				   ? "who made these changes"
				   : "who wrote it");
	if (!e->trace->count)
		unknown(r, "which way it came: there is no Received field");
	else if (e->trace->border_assumed && e->trace->border &&
		 (r->spf_result != RESULT_NONE || r->author != AUTHOR_PROVEN))
		unknown(r, arena_printf(e->arena,
				   "whether hop %zu is where your hosts begin: assumed; --trust "
				   "HOST says",
				   e->trace->border));
}

void report_summary(struct report *r)
{
	r->headline = headline(r);
	r->sentence = sentence(r);
	r->summary = arena_printf(r->evidence.arena, "%s: %s", r->headline, r->sentence);
}

void report_claims(struct report *r)
{
	proven_by_dkim(r);
	proven_by_repair(r);
	proven_by_spf(r);
	false_claims(r);
	unknowns(r);
}
