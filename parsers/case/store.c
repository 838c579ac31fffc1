/* SPDX-License-Identifier: ISC */
/*
 * What a case keeps of a report: packed in the worker that made it, unpacked and inserted in the parent. The packed form
 * never leaves the machine: 64-bit numbers in host order, texts with their length, NULL as a length of all ones.
 */
#include "parsers/base/eight.h"
#include "parsers/base/encode.h"
#include "parsers/base/printable.h"
#include "parsers/case/db.h"

enum { PACKED_MESSAGE = 1, PACKED_ERROR = 2 };

/* --- packing --- */

static void put(struct buffer *b, int64_t n)
{
	buffer_add(b, &n, sizeof n);
}

/* A text whose length is known only when it is there: begin_text(), the bytes, end_text(). */
static size_t begin_text(struct buffer *b)
{
	put(b, 0);
	return b->len;
}

static void end_text(struct buffer *b, size_t at)
{
	int64_t len = (int64_t)(b->len - at);

	memcpy(b->ptr + at - sizeof len, &len, sizeof len);
}

/* How many bytes of S, which has no NUL, are UTF-8, from its start. */
static size_t clean_run(struct span s)
{
	size_t at = 0, len;
	uint32_t rune;

	do {
		while (s.len - at >= 8 && !(eight_at(s.ptr + at) & EIGHT_HIGH))
			at += 8;
		while (at < s.len && s.ptr[at] < 0x80)
			at++;
		len = at < s.len ? utf8_decode(span_skip(s, at), &rune) : 0;
		at += len;
	} while (len);
	return at;
}

/* SQLite wants UTF-8; what is not becomes U+FFFD there, the record has the bytes in full. */
static void put_text(struct buffer *b, const char *text)
{
	struct span s = span_of(text);
	size_t run = clean_run(s), at;

	put(b, text ? (int64_t)s.len : -1);
	at = b->len;
	buffer_add(b, s.ptr, run);
	if (run == s.len)
		return;
	while (s = span_skip(s, run), s.len) {
		buffer_str(b, "\xef\xbf\xbd");
		s = span_skip(s, 1);
		run = clean_run(s);
		buffer_add(b, s.ptr, run);
	}
	end_text(b, at);
}

static void put_shown(struct buffer *b, const char *text)
{
	size_t at = begin_text(b);

	if (text)
		printable_add(b, span_of(text), 0);
	end_text(b, at);
}

/* "Name <a@b>" of the first author, for the list and the search. */
static const char *from_text(struct arena *arena, const struct address_list *from)
{
	const struct address *a = from->count ? &from->address[0] : NULL;

	if (!a)
		return NULL;
	if (a->display && *a->display && a->address)
		return arena_printf(arena, "%s <%s>", a->display, a->address);
	return a->address ? a->address : a->display;
}

static const char *line_ends_word(enum line_ends ends)
{
	static const char *const words[] = { "none", "crlf", "lf", "cr", "mixed" };

	return words[ends];
}

static void put_signatures(struct buffer *b, const struct report *r)
{
	const struct dkim *dkim = r->evidence.dkim;
	const struct arc *arc = r->evidence.arc;

	put(b, (int64_t)(dkim->count + arc->count));
	for (size_t i = 0; i < dkim->count; i++) {
		const struct dkim_signature *s = &dkim->signature[i];

		put(b, (int64_t)i);
		put_text(b, "dkim");
		put_text(b, s->domain);
		put_text(b, s->selector);
		put_text(b, s->algorithm);
		put_text(b, result_word(s->result));
		put_text(b, cause_word(s->cause));
		put_text(b, s->where_b.ptr ? hash_sha256(r->evidence.arena, s->where_b) : NULL);
	}
	for (size_t i = 0; i < arc->count; i++) {
		const struct arc_part *s = &arc->set[i].seal;

		put(b, (int64_t)arc->set[i].instance);
		put_text(b, "arc-seal");
		put_text(b, s->domain);
		put_text(b, s->selector);
		put_text(b, NULL);
		put_text(b, result_word(s->result));
		put_text(b, cause_word(s->cause));
		put_text(b, NULL);
	}
}

static void put_findings(struct buffer *b, const struct report *r)
{
	const struct findings *f = r->findings;
	struct span raw = r->evidence.message->raw;

	put(b, (int64_t)f->count);
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *x = f->finding[i];

		put(b, (int64_t)i);
		put_text(b, finding_info(x->code)->code);
		put(b, x->severity);
		put_text(b, x->detail);
		put(b, (int64_t)x->evidence_count);
		for (size_t j = 0; j < x->evidence_count; j++) {
			put(b, (int64_t)span_offset(raw, x->evidence[j].where));
			put(b, (int64_t)x->evidence[j].where.len);
			put_text(b, x->evidence[j].role);
		}
	}
}

static bool is_attachment(const struct part *p)
{
	return !p->is_multipart && (p->filename || p->name || (p->disposition && span_iis(span_of(p->disposition), "attachment")));
}

static void put_attachments(struct buffer *b, const struct mime *mime)
{
	int64_t count = 0;

	for (size_t i = 0; mime && i < mime->count; i++)
		count += is_attachment(&mime->part[i]);
	put(b, count);
	for (size_t i = 0; mime && i < mime->count; i++) {
		const struct part *p = &mime->part[i];

		if (!is_attachment(p))
			continue;
		put_text(b, p->path);
		put_text(b, p->filename ? p->filename : p->name);
		put_text(b, p->type);
		put(b, (int64_t)p->size);
		put_text(b, p->sha256);
	}
}

static void put_dns(struct buffer *b, const struct dns_log *log)
{
	put(b, (int64_t)log->count);
	for (size_t i = 0; i < log->count; i++) {
		put_text(b, log->entry[i].answer->name);
		put_text(b, dns_type_word(log->entry[i].answer->type));
		put_text(b, dns_status_word(log->entry[i].answer->status));
		put_text(b, log->entry[i].why);
	}
}

static void put_place(struct buffer *b, const struct origin *origin)
{
	put(b, PACKED_MESSAGE);
	put_text(b, origin->member);
	put(b, (int64_t)origin->offset);
	put(b, (int64_t)origin->length);
}

void case_encode_hashes(struct buffer *b, const struct report *r)
{
	/* What came inside a message is never taken for a copy that was received. */
	put_text(b, r->origin.enclosed ? arena_printf(r->evidence.arena, "enclosed:%s", r->dedupe) : r->dedupe);
	put_text(b, r->sha256);
}

/* Nothing follows the hashes: storing looks no further once they are found. */
void case_encode_copy(struct buffer *b, const struct origin *origin, struct span hashes)
{
	put_place(b, origin);
	buffer_span(b, hashes);
}

void case_encode(struct buffer *b, const struct report *r)
{
	const struct evidence *e = &r->evidence;
	struct arena *arena = e->arena;
	const char *from = from_text(arena, &e->from);
	size_t at;

	put_place(b, &r->origin);
	case_encode_hashes(b, r);
	put(b, r->author);
	put(b, r->severity);
	put(b, r->complete);
	put_text(b, result_word(r->dkim_result));
	put_text(b, result_word(r->spf_result));
	put_text(b, result_word(r->dmarc_result));
	put_text(b, result_word(r->arc_result));
	put(b, e->date.valid ? e->date.time : TIME_NONE);
	put_text(b, from);
	put_text(b, e->author_domain);
	put_text(b, e->org_domain);
	put_text(b, e->subject);
	put_text(b, r->message_id);
	put_text(b, e->trace->mail_from.value);
	put_text(b, e->trace->helo.value);
	put_text(b, e->trace->client_ip.value);
	put(b, (int64_t)r->findings->count);
	put_text(b, r->findings->count ? finding_info(r->findings->finding[0]->code)->code : NULL);
	put_text(b, e->message->check_body.len ? hash_sha256(arena, e->message->check_body) : NULL);
	put_text(b, r->summary);
	put_shown(b, from);
	put_shown(b, e->subject);
	put_text(b, line_ends_word(e->message->line_ends));
	at = begin_text(b);
	report_json(b, r);
	end_text(b, at);
	put_signatures(b, r);
	put_findings(b, r);
	put_attachments(b, e->mime);
	put_dns(b, e->dns);
}

void case_encode_error(struct buffer *b, const struct origin *origin, const struct error *error)
{
	put(b, PACKED_ERROR);
	put_text(b, origin->member);
	put(b, (int64_t)origin->offset);
	put_text(b, error->text);
	put(b, error->code);
}

/* --- unpacking: a sticky reader --- */

struct packed {
	struct span rest;
	bool bad;
};

static int64_t get(struct packed *p)
{
	int64_t n = 0;

	if (p->rest.len < sizeof n)
		p->bad = true;
	else
		memcpy(&n, p->rest.ptr, sizeof n);
	p->rest = span_skip(p->rest, sizeof n);
	return n;
}

static struct span get_span(struct packed *p)
{
	int64_t len = get(p);

	if (len < 0)
		return SPAN_NONE;
	if ((uint64_t)len > p->rest.len)
		p->bad = true;

	struct span s = span_sub(p->rest, 0, (size_t)len);

	p->rest = span_skip(p->rest, (size_t)len);
	return s.ptr ? s : SPAN("");
}

/* The id of the message with this hash, 0 where it is new, -1. */
static int64_t find_message(struct case_file *c, struct span dedupe, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_MESSAGE_FIND, reterr);

	if (!s)
		return -1;
	db_bind(s, "b", dedupe);

	int rc = db_step(c, s, reterr);
	int64_t id = rc == 1 ? sqlite3_column_int64(s, 0) : rc;

	if (rc == 1)
		sqlite3_reset(s);
	return id;
}

static int store_signatures(struct case_file *c, struct packed *p, int64_t message, struct error *reterr)
{
	for (int64_t left = get(p); left > 0 && !p->bad; left--) {
		int64_t n = get(p);
		struct span kind = get_span(p), domain = get_span(p), selector = get_span(p), algorithm = get_span(p),
			    result = get_span(p), cause = get_span(p), hash = get_span(p);

		if (db_do(c, reterr, STATEMENT_SIGNATURE_ADD, "iibbbbbbb", message, n, kind, domain, selector, algorithm,
			    result, cause, hash))
			return -1;
	}
	return 0;
}

static int store_evidence(struct case_file *c, struct packed *p, int64_t finding, struct error *reterr)
{
	for (int64_t left = get(p); left > 0 && !p->bad; left--) {
		int64_t offset = get(p), length = get(p);
		struct span role = get_span(p);

		if (db_do(c, reterr, STATEMENT_EVIDENCE_ADD, "iiib", finding, offset, length, role))
			return -1;
	}
	return 0;
}

static int store_findings(struct case_file *c, struct packed *p, int64_t message, struct error *reterr)
{
	for (int64_t left = get(p); left > 0 && !p->bad; left--) {
		int64_t n = get(p);
		struct span code = get_span(p);
		int64_t severity = get(p);
		struct span detail = get_span(p);

		if (db_do(c, reterr, STATEMENT_FINDING_ADD, "iibib", message, n, code, severity, detail) ||
			store_evidence(c, p, sqlite3_last_insert_rowid(c->db), reterr))
			return -1;
	}
	return 0;
}

static int store_attachments(struct case_file *c, struct packed *p, int64_t message, struct error *reterr)
{
	for (int64_t left = get(p); left > 0 && !p->bad; left--) {
		struct span path = get_span(p), filename = get_span(p), type = get_span(p);
		int64_t size = get(p);
		struct span hash = get_span(p);

		if (db_do(c, reterr, STATEMENT_ATTACHMENT_ADD, "ibbbib", message, path, filename, type, size, hash))
			return -1;
	}
	return 0;
}

static int64_t dns_id(struct case_file *c, struct span name, struct span type, struct error *reterr)
{
	sqlite3_stmt *s = db_statement(c, STATEMENT_DNS_ID, reterr);

	if (!s)
		return -1;
	db_bind(s, "bb", name, type);

	int rc = db_step(c, s, reterr);
	int64_t id = rc == 1 ? sqlite3_column_int64(s, 0) : -1;

	if (rc == 1)
		sqlite3_reset(s);
	return id;
}

/*
 * Whether the row was stored of late. The same few names are asked for most messages of a dump; the last of those that share a
 * slot is remembered.
 */
static bool dns_stored(struct case_file *c, struct span name, struct span type)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	struct buffer *slot;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ name.ptr[i]) * 16777619u;
	slot = &c->dns[(hash ^ (type.len ? *type.ptr : 0)) % CASE_DNS_SLOTS];
	if (slot->len == name.len + 1 + type.len && memcmp(slot->ptr, name.ptr, name.len) == 0 &&
		span_eq(span_skip(buffer_view(slot), name.len + 1), type))
		return true;
	buffer_clear(slot);
	buffer_span(slot, name);
	buffer_char(slot, ' ');
	buffer_span(slot, type);
	return false;
}

static int store_dns(struct case_file *c, struct packed *p, int64_t message, struct error *reterr)
{
	for (int64_t left = get(p); left > 0 && !p->bad; left--) {
		struct span name = get_span(p), type = get_span(p), status = get_span(p), why = get_span(p);

		bool missing = span_is(status, dns_status_word(DNS_NOT_RECORDED));

		if (!missing && dns_stored(c, name, type))
			continue;
		if (db_do(c, reterr, STATEMENT_DNS_ADD, "bbb", name, type, status))
			return -1;
		if (!missing)
			continue;

		int64_t id = dns_id(c, name, type, reterr);

		if (id < 0 || db_do(c, reterr, STATEMENT_MISSING_ADD, "iib", message, id, why))
			return -1;
	}
	return 0;
}

/* The members between the hashes and the record, in the order that case_encode() packs them. */
static int store_flat(struct case_file *c, struct packed *p, struct span dedupe, struct span sha256, int64_t length,
	int64_t *ret_id, struct error *reterr)
{
	int64_t author = get(p), severity = get(p), complete = get(p);
	struct span dkim = get_span(p), spf = get_span(p), dmarc = get_span(p), arc = get_span(p);
	int64_t date = get(p);
	struct span from = get_span(p), domain = get_span(p), org = get_span(p), subject = get_span(p), id = get_span(p),
		    mail_from = get_span(p), helo = get_span(p), client = get_span(p);
	int64_t findings = get(p);
	struct span worst = get_span(p), body = get_span(p), summary = get_span(p), from_shown = get_span(p),
		    subject_shown = get_span(p), line_ends = get_span(p);
	sqlite3_stmt *s = db_statement(c, STATEMENT_MESSAGE_ADD, reterr);

	if (!s)
		return -1;
	db_bind(s, "bbiiibbbbiibbbbbbbbibbbbbb", dedupe, sha256, author, severity, complete, dkim, spf, dmarc, arc, date,
		length, from, domain, org, subject, id, mail_from, helo, client, findings, worst, body, summary,
		from_shown, subject_shown, line_ends);
	if (date == TIME_NONE)
		sqlite3_bind_null(s, 10);
	if (db_step(c, s, reterr) < 0)
		return -1;

	*ret_id = sqlite3_last_insert_rowid(c->db);
	return db_do(c, reterr, STATEMENT_FTS_ADD, "ibb", *ret_id, from, subject);
}

static int store_message(struct case_file *c, struct packed *p, struct span dedupe, int64_t length, int64_t *ret_id,
	struct span *ret_sha256, struct error *reterr)
{
	struct span sha256 = get_span(p);

	*ret_sha256 = sha256;
	*ret_id = find_message(c, dedupe, reterr);
	if (*ret_id)
		return *ret_id < 0 ? -1 : 0;
	if (store_flat(c, p, dedupe, sha256, length, ret_id, reterr))
		return -1;

	int64_t id = *ret_id;
	struct span record = get_span(p);

	if (db_do(c, reterr, STATEMENT_RECORD_ADD, "ib", id, record) || store_signatures(c, p, id, reterr) ||
		store_findings(c, p, id, reterr) || store_attachments(c, p, id, reterr) || store_dns(c, p, id, reterr))
		return -1;
	return p->bad ? error_set(reterr, ERROR_FORMAT, "a worker's answer is cut short") : 0;
}

int case_store(struct case_file *c, int64_t source, struct span encoded, struct error *reterr)
{
	struct packed p = { encoded, false };
	int64_t kind = get(&p), id;
	struct span member = get_span(&p), sha256;
	int64_t offset = get(&p);

	if (kind == PACKED_ERROR) {
		struct span text = get_span(&p);
		int64_t code = get(&p);

		return db_do(c, reterr, STATEMENT_ERROR_ADD, "ibisb", source, member, offset,
			error_code_word((enum error_code)code), text);
	}

	int64_t length = get(&p);
	struct span dedupe = get_span(&p);

	if (store_message(c, &p, dedupe, length, &id, &sha256, reterr))
		return -1;
	return db_do(c, reterr, STATEMENT_LOCATION_ADD, "iibiib", id, source, member, offset, length, sha256);
}
