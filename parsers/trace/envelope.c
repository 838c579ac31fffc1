/* SPDX-License-Identifier: ISC */
/*
 * The envelope as far as a stored message tells it. Only what a trusted host wrote (at or above the
 * border) decides; everything else is kept as a candidate, so that a reader sees where sources
 * disagree.
 */
#include "parsers/trace/build.h"

static struct span cut(struct span s, size_t from, size_t to)
{
	return span_sub(s, from, to);
}

/* SRS0=hash=timestamp=domain=local@forwarder (the Sender Rewriting Scheme's form; "+" and "-" may
 * stand for the first "="). */
static const char *decode_srs0(struct arena *arena, struct span local)
{
	struct span rest = span_skip(local, 5), domain;
	size_t eq = span_chr(rest, '=');

	rest = span_skip(rest, eq + 1); /* hash */
	eq = span_chr(rest, '=');
	rest = span_skip(rest, eq + 1); /* timestamp */
	eq = span_chr(rest, '=');
	domain = cut(rest, 0, eq);
	rest = span_skip(rest, eq + 1);
	if (!domain.len || !rest.len || span_chr(domain, '.') == domain.len)
		return NULL;
	return arena_printf(arena, "%s@%s", arena_text(arena, rest), arena_text(arena, domain));
}

/* SRS1=hash=first-forwarder==hash=timestamp=domain=local@second: the inner part is the first
 * forwarder's SRS0. */
static const char *decode_srs1(struct arena *arena, struct span local)
{
	struct span rest = span_skip(local, 5);
	size_t eq = span_chr(rest, '=');

	rest = span_skip(rest, eq + 1); /* hash */
	eq = span_chr(rest, '=');
	rest = span_skip(
		rest, eq + 1); /* first forwarder; then its separator and hash=timestamp=... */
	if (rest.len < 2)
		return NULL;
	return decode_srs0(arena, span_make(rest.ptr - 4, rest.len + 4));
}

/* prvs=tag=local@domain (BATV, draft-levine-smtp-batv), and local=prvs... is not known. Barracuda:
 * btv1==tag==local. */
static const char *decode_batv(struct arena *arena, struct span local, struct span domain)
{
	size_t last = span_rchr(local, '=');
	struct span inner;

	if (span_istarts(local, "prvs="))
		inner = span_skip(local, 5 + span_chr(span_skip(local, 5), '=') + 1);
	else if (span_istarts(local, "btv1=="))
		inner = span_skip(local, last + 1);
	else if (span_istarts(local, "msprvs1="))
		inner = span_skip(local, last + 1);
	else
		return NULL;
	if (!inner.len)
		return NULL;
	return arena_printf(arena, "%s@%s", arena_text(arena, inner), arena_text(arena, domain));
}

static bool plausible_local(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.ptr[i]) && !strchr("._%+-'&", s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool plausible_domain(struct span s)
{
	size_t dot = span_rchr(s, '.');

	if (dot == s.len || dot == 0 || s.len - dot - 1 < 2)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '-')
			return false;
	return is_alpha(s.ptr[s.len - 1]);
}

static size_t digits(struct span s)
{
	size_t n = 0;

	while (n < s.len && is_digit(s.ptr[n]))
		n++;
	return n;
}

/*
 * Where the subscriber begins in VERP's local part. Behind a known word: "-bounces+user=host"
 * (Mailman), "+bounces-123-user=host" (mlmmj), "-return-123-user=host" (ezmlm),
 * "bounces+123-4d5e-user=host" (SendGrid); else behind the last "+", "-" or "=". 0 where there is
 * no such place.
 */
static size_t verp_user(struct span local, size_t eq)
{
	static const char *const word[] = {"bounces", "bounce", "return"};
	struct span head = span_sub(local, 0, eq);
	size_t from = 0;

	for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
		size_t at = span_ifind(head, span_of(word[i]), 0) + strlen(word[i]), n;

		if (at + 1 >= eq || (local.ptr[at] != '+' && local.ptr[at] != '-'))
			continue;
		n = digits(span_skip(head, at + 1));
		if (n && at + 1 + n < eq && local.ptr[at + 1 + n] == '-')
			at += n + 1;
		if (n && at + 5 < eq && local.ptr[at + 5] == '-' && span_istarts(head, word[i]))
			at += 5;
		return at + 1;
	}
	for (size_t i = 0; i < eq; i++)
		if (local.ptr[i] == '+' || local.ptr[i] == '=' ||
			(local.ptr[i] == '-' && (!from || local.ptr[from - 1] != '+')))
			from = i + 1;
	return from;
}

/* Variable envelope return path: the subscriber's "@" is written "=". */
static const char *decode_verp(struct arena *arena, struct span local)
{
	size_t eq = span_rchr(local, '='), from;
	struct span domain, user;

	if (eq == local.len)
		return NULL;
	from = verp_user(local, eq);
	domain = span_skip(local, eq + 1);
	user = cut(local, from, eq);
	if (!from || !plausible_domain(domain) || !plausible_local(user))
		return NULL;
	return arena_printf(arena, "%s@%s", arena_text(arena, user), arena_text(arena, domain));
}

const char *envelope_decode(struct arena *arena, const char *address, const char **ret_coding)
{
	struct span s = span_of(address), local, domain;
	size_t at = span_rchr(s, '@');
	const char *inner = NULL;

	*ret_coding = NULL;
	if (!address || at == s.len)
		return NULL;
	local = cut(s, 0, at), domain = span_skip(s, at + 1);
	if (span_istarts(local, "SRS0") && local.len > 5 && strchr("=+-", local.ptr[4]))
		*ret_coding = "SRS0", inner = decode_srs0(arena, local);
	else if (span_istarts(local, "SRS1") && local.len > 5 && strchr("=+-", local.ptr[4]))
		*ret_coding = "SRS1", inner = decode_srs1(arena, local);
	else if ((inner = decode_batv(arena, local, domain)))
		*ret_coding = "BATV";
	else if ((inner = decode_verp(arena, local)))
		*ret_coding = "VERP";
	if (!inner)
		*ret_coding = NULL;
	return inner;
}

struct finder {
	struct arena *arena;
	struct trace *trace;
	const struct message *message;
	const struct trust *trust;
	const struct hop *border;
	struct origin_value *list;
	size_t count, room;
	size_t deciding; /* candidates before this index may decide */
};

static void add(struct finder *f, const char *value, const char *origin, struct span where)
{
	struct origin_value *v = LIST_ADD(f->arena, f->list, f->count, f->room);

	v->value = value;
	v->origin = origin;
	v->where = where;
}

/* The text of "<a@b>", "a@b" or "<>" without its brackets; NULL where nothing stands there. */
static const char *path_text(struct arena *arena, struct span s)
{
	char *text;

	s = span_trim(s);
	if (s.len && s.ptr[0] == '<') {
		size_t close = span_rchr(s, '>');

		s = close < s.len ? span_trim(cut(s, 1, close)) : span_skip(s, 1);
		return arena_text(arena, s);
	}
	text = arena_text(arena, s);
	return *text ? text : NULL;
}

static bool above(const struct finder *f, const struct field *field)
{
	return f->border ? field->index < f->border->field->index : f->trace->count == 0;
}

static void from_fields(struct finder *f, enum field_name name, bool trusted)
{
	const struct field *field;

	for (size_t i = 0; i < 8 && (field = message_field(f->message, name, i)); i++) {
		const char *value = path_text(f->arena, field_unfold(f->arena, field));

		if (value && above(f, field) == trusted)
			add(f, value,
				trusted || !f->border
					? field_name_text(name)
					: arena_printf(f->arena, "%s (below the border)",
						  field_name_text(name)),
				field->value);
	}
}

static void from_recorded(struct finder *f, bool trusted)
{
	for (size_t i = 0; i < f->trace->recorded_count && f->count < 32; i++) {
		const struct recorded *rec = &f->trace->recorded[i];

		for (size_t r = 0; r < rec->result_count && rec->trusted == trusted; r++) {
			const struct recorded_result *result = &rec->result[r];

			if (strcmp(result->method, "spf") != 0)
				continue;
			for (size_t p = 0; p < result->property_count; p++) {
				const char *name = result->property[p].name;
				const char *value =
					path_text(f->arena, span_of(result->property[p].value));

				if (!value || !strchr(value, '@'))
					continue; /* a domain alone is no reverse-path; see
						     domain_confirmed() */
				if (strcmp(name, "envelope-from") == 0)
					add(f, value, "Received-SPF", result->where);
				else if (strcmp(name, "smtp.mailfrom") == 0 ||
					 strcmp(name, "smtp.mail") == 0)
					add(f, value,
						rec->kind == RECORDED_ARC
							? "ARC-Authentication-Results"
							: "Authentication-Results",
						result->where);
			}
		}
	}
}

static void from_received(struct finder *f, bool trusted)
{
	for (size_t i = 0; i < f->trace->count && f->count < 32; i++) {
		const struct hop *hop = &f->trace->hop[i];

		if (hop->envelope_from && (hop == f->border) == trusted)
			add(f, hop->envelope_from, hop->origin, hop->field->value);
	}
}

/* A trusted result that names the domain alone ("smtp.mailfrom=example.org"): the last resort among
 * trusted ones. */
static void from_domains(struct finder *f)
{
	for (size_t i = 0; i < f->trace->recorded_count; i++) {
		const struct recorded *rec = &f->trace->recorded[i];

		for (size_t r = 0; rec->trusted && r < rec->result_count; r++) {
			const struct recorded_result *result = &rec->result[r];

			for (size_t p = 0;
				strcmp(result->method, "spf") == 0 && p < result->property_count;
				p++) {
				const char *value = result->property[p].value;

				if (strcmp(result->property[p].name, "smtp.mailfrom") == 0 &&
					*value && !strchr(value, '@') && strchr(value, '.'))
					add(f, arena_printf(f->arena, "postmaster@%s", value),
						"Authentication-Results (domain only)",
						result->where);
			}
		}
	}
}

static void from_line(struct finder *f)
{
	struct span s = f->message->from_line, address;

	if (!s.ptr && f->trust && f->trust->from_line)
		s = span_of(f->trust->from_line);
	if (!span_starts(s, "From "))
		return;
	s = span_trim_left(span_skip(s, 5));
	address = cut(s, 0, span_chr(s, ' '));
	if (span_iis(address, "MAILER-DAEMON"))
		add(f, "", "mbox From_ line", address);
	else if (span_chr(address, '@') < address.len && span_rchr(address, '@') + 1 < address.len)
		add(f, arena_text(f->arena, address), "mbox From_ line", address);
}

static const char *domain_of(const char *address)
{
	const char *at = address ? strrchr(address, '@') : NULL;

	return at ? at + 1 : NULL;
}

/* A domain that a trusted result confirms gets its local part from the first candidate of the same
 * domain. */
static void choose(struct finder *f)
{
	struct origin_value chosen;

	if (!f->count)
		return;
	if (strcmp(f->list[0].origin, "Authentication-Results (domain only)") == 0) {
		const char *domain = domain_of(f->list[0].value), *other;

		for (size_t i = f->deciding; i < f->count; i++) {
			other = domain_of(f->list[i].value);
			if (other && span_ieq(span_of(other), span_of(domain))) {
				chosen = f->list[i];
				memmove(f->list + 1, f->list, i * sizeof *f->list);
				f->list[0] = chosen;
				break;
			}
		}
	}
	f->trace->mail_from = f->list[0];
}

static void find_mail_from(struct finder *f)
{
	if (f->trust && f->trust->mail_from)
		add(f,
			path_text(f->arena, span_of(f->trust->mail_from))
				? path_text(f->arena, span_of(f->trust->mail_from))
				: "",
			"option", SPAN_NONE);
	if (f->trace->border > 1)
		from_received(f, true);
	from_fields(f, NAME_RETURN_PATH, true);
	if (f->trace->border <= 1)
		from_received(f, true);
	from_recorded(f, true);
	from_fields(f, NAME_X_ENVELOPE_FROM, true);
	from_fields(f, NAME_ENVELOPE_FROM, true);
	if (!f->count)
		from_domains(f);
	f->deciding = f->count;
	from_line(f);
	from_fields(f, NAME_RETURN_PATH, false);
	from_fields(f, NAME_X_ENVELOPE_FROM, false);
	if (f->deciding) {
		from_received(f, false);
		from_recorded(f, false);
	}
	choose(f);
	if (!f->deciding) {
		from_received(f, false);
		from_recorded(f, false);
	}
	f->trace->mail_from_candidate = f->list;
	f->trace->mail_from_candidate_count = f->count;
	f->trace->mail_from_decoded =
		envelope_decode(f->arena, f->trace->mail_from.value, &f->trace->mail_from_coding);
}

/* A property of the SPF results that our own receiver recorded. */
static struct origin_value recorded_value(const struct trace *trace, const char *const *names)
{
	for (size_t i = 0; i < trace->recorded_count; i++) {
		const struct recorded *rec = &trace->recorded[i];

		for (size_t r = 0; rec->trusted && r < rec->result_count; r++)
			for (size_t p = 0; p < rec->result[r].property_count; p++)
				for (size_t n = 0; names[n]; n++)
					if (strcmp(rec->result[r].property[p].name, names[n]) == 0)
						return (struct origin_value){
							rec->result[r].property[p].value,
							rec->kind == RECORDED_SPF
								? "Received-SPF"
								: "Authentication-Results",
							rec->result[r].where};
	}
	return (struct origin_value){0};
}

/* What is stated stays even where it is no address; else only an address counts. */
static void client_of_text(struct finder *f, struct origin_value client, bool stated)
{
	struct trace *trace = f->trace;

	if (client.value)
		trace->client = ip_parse(span_of(client.value));
	if (trace->client.family)
		client.value = ip_text(f->arena, &trace->client);
	if (trace->client.family || stated)
		trace->client_ip = client;
}

static void find_client(struct finder *f)
{
	static const char *const ip_name[] = {"client-ip", "smtp.remote-ip", "policy.iprev", NULL};
	struct trace *trace = f->trace;
	const struct hop *border = f->border;

	if (f->trust && f->trust->client_ip) {
		client_of_text(
			f, (struct origin_value){f->trust->client_ip, "option", SPAN_NONE}, true);
	} else if (border && border->addr.family) {
		trace->client = border->addr;
		trace->client_ip =
			(struct origin_value){border->ip, border->origin, border->ip_where};
	} else {
		client_of_text(f, recorded_value(trace, ip_name), false);
	}
}

static void find_helo(struct finder *f)
{
	static const char *const helo_name[] = {"helo", "smtp.helo", NULL};
	struct trace *trace = f->trace;

	if (f->trust && f->trust->helo)
		trace->helo = (struct origin_value){f->trust->helo, "option", SPAN_NONE};
	else if (f->border && f->border->helo)
		trace->helo = (struct origin_value){
			f->border->helo, f->border->origin, f->border->from_where};
	else
		trace->helo = recorded_value(trace, helo_name);
}

void envelope_find(struct arena *arena, struct trace *trace, const struct message *message,
	const struct trust *trust)
{
	struct finder f = {.arena = arena, .trace = trace, .message = message, .trust = trust};

	f.border = trace->border ? &trace->hop[trace->border - 1] : NULL;
	find_client(&f);
	find_helo(&f);
	find_mail_from(&f);
	/* What an enclosed message says of its envelope is a candidate only: no SPF rests on it. */
	if (trust && trust->enclosed)
		trace->mail_from = (struct origin_value){0};
}
