/* SPDX-License-Identifier: ISC */
/* kdig +json (RFC 8427), mailauth's DNS cache, lists of keys. */
#include "parsers/dns/import.h"

#include <jansson.h>
#include <stdlib.h>

#include "parsers/base/encode.h"

static void tell(struct import *import, const char *what)
{
	import->tell(import->data, import->file, 0, what);
}

static struct span text_of(const json_t *value)
{
	return json_is_string(value)
		       ? span_make(json_string_value(value), json_string_length(value))
		       : SPAN_NONE;
}

static const char *name_of(struct arena *arena, const json_t *value)
{
	struct span s = text_of(value);
	ldns_rdf *rdf = s.len && !memchr(s.ptr, 0, s.len)
				? ldns_dname_new_frm_str(arena_text(arena, s))
				: NULL;
	const char *name = rdf ? wire_name(arena, rdf) : NULL;

	ldns_rdf_deep_free(rdf);
	return name;
}

/* --- kdig: one object for a reply */

/* The record of one element of answerRRs, from its hexadecimal data. */
static bool read_rr(struct import *import, const json_t *rr, const char **ret_name,
	unsigned *ret_type, struct dns_record *ret)
{
	const char *name = name_of(import->arena, json_object_get(rr, "NAME"));
	json_int_t type = json_integer_value(json_object_get(rr, "TYPE"));
	json_int_t ttl = json_integer_value(json_object_get(rr, "TTL"));
	struct span rdata;

	if (!name || type <= 0 || type > UINT16_MAX ||
		!hex_decode(import->arena, text_of(json_object_get(rr, "RDATAHEX")), &rdata))
		return false;

	ldns_rr *wire = wire_rr(
		name, (unsigned)type, ttl > 0 && ttl < UINT32_MAX ? (uint32_t)ttl : 0, rdata);
	bool read = wire && wire_record(import->arena, wire, ret);

	ldns_rr_free(wire);
	*ret_name = name;
	*ret_type = (unsigned)type;
	return read;
}

static bool has_soa(const json_t *authority)
{
	size_t i;
	json_t *rr;

	json_array_foreach(authority, i,
		rr) if (json_integer_value(json_object_get(rr, "TYPE")) == DNS_SOA) return true;
	return false;
}

static enum dns_status status_of(const json_t *reply, const char **ret_detail)
{
	json_int_t rcode = json_integer_value(json_object_get(reply, "RCODE"));
	const json_t *authority = json_object_get(reply, "authorityRRs");

	if (rcode == LDNS_RCODE_NXDOMAIN)
		return DNS_NXDOMAIN;
	if (rcode == LDNS_RCODE_NOERROR) {
		if (json_integer_value(json_object_get(reply, "AA")) || has_soa(authority) ||
			!json_array_size(authority))
			return DNS_NODATA;
		*ret_detail = "lame";
		return DNS_FAILED;
	}
	*ret_detail = rcode == LDNS_RCODE_REFUSED ? "REFUSED" : "SERVFAIL";
	return DNS_FAILED;
}

/* Writes what is found of NAME and TYPE; false where nothing is. */
static bool write_found(
	struct import *import, const json_t *rrs, const char *name, unsigned type, int64_t recorded)
{
	struct dns_record *record =
		ARENA_ARRAY(import->arena, struct dns_record, json_array_size(rrs));
	struct dns_answer answer = {.status = DNS_FOUND,
		.name = name,
		.canonical = name,
		.type = (enum dns_type)type,
		.record = record};
	size_t i;
	json_t *rr;

	json_array_foreach(rrs, i, rr)
	{
		struct dns_record *r = &record[answer.count];
		const char *owner;
		unsigned got;

		if (read_rr(import, rr, &owner, &got, r) && got == type && !strcmp(owner, name)) {
			r->recorded = recorded;
			r->window_from = r->window_to = TIME_NONE;
			answer.count++;
		}
	}
	if (answer.count)
		import_answer(import, &answer);
	return answer.count > 0;
}

static const char *alias_of(struct import *import, const json_t *rrs, const char *name)
{
	struct dns_record record = {0};
	const char *owner;
	unsigned type;
	size_t i;
	json_t *rr;

	json_array_foreach(rrs, i, rr) if (read_rr(import, rr, &owner, &type, &record) &&
					   type == DNS_CNAME &&
					   !strcmp(owner, name)) return record.name;
	return NULL;
}

static void import_reply(struct import *import, const json_t *reply)
{
	const char *name = name_of(import->arena, json_object_get(reply, "QNAME")), *target;
	json_int_t type = json_integer_value(json_object_get(reply, "QTYPE"));
	json_int_t seconds = json_integer_value(json_object_get(reply, "dateSeconds"));
	const json_t *rrs = json_object_get(reply, "answerRRs");
	int64_t recorded = seconds > 0 ? (int64_t)seconds : TIME_NONE;
	struct dns_answer answer = {.recorded = recorded, .dnssec = DNSSEC_UNKNOWN};

	if (!name || type <= 0 || type > UINT16_MAX) {
		tell(import, "a reply without its question");
		return;
	}
	for (unsigned i = 0; !write_found(import, rrs, name, (unsigned)type, recorded); i++) {
		target = i < DNS_CNAME_MAX ? alias_of(import, rrs, name) : NULL;
		if (target) {
			write_found(import, rrs, name, DNS_CNAME, recorded);
			name = target;
			continue;
		}
		answer.status = status_of(reply, &answer.detail);
		answer.name = answer.canonical = name;
		answer.type = (enum dns_type)type;
		/* An alias whose target the server does not know says nothing of it. */
		if (!i || answer.status != DNS_NODATA ||
			has_soa(json_object_get(reply, "authorityRRs")))
			import_answer(import, &answer);
		return;
	}
}

/* --- mailauth: { name: { type: what Node's dns.resolve() gives } } */

static bool read_node_value(
	struct import *import, unsigned type, json_t *value, struct dns_record *ret)
{
	struct buffer txt = BUFFER_INIT;
	ldns_rdf *address = NULL;
	size_t i;
	json_t *part;

	*ret = (struct dns_record){.ttl = 3600,
		.recorded = TIME_NONE,
		.window_from = TIME_NONE,
		.window_to = TIME_NONE};
	if (type == DNS_TXT) {
		json_array_foreach(value, i, part) buffer_span(&txt, text_of(part));
		buffer_span(&txt, text_of(value));
		ret->txt = arena_copy(import->arena, buffer_view(&txt));
		buffer_release(&txt);
		return json_is_array(value) || json_is_string(value);
	}
	if (type == DNS_A || type == DNS_AAAA) {
		const char *text = arena_text(import->arena, text_of(value));

		if ((type == DNS_A ? ldns_str2rdf_a : ldns_str2rdf_aaaa)(&address, text) !=
			LDNS_STATUS_OK)
			return false;
		memcpy(ret->address, ldns_rdf_data(address), ldns_rdf_size(address));
		ldns_rdf_deep_free(address);
		return true;
	}
	if (type == DNS_MX) {
		ret->preference =
			(unsigned)json_integer_value(json_object_get(value, "priority")) & 0xffff;
		value = json_object_get(value, "exchange");
	}
	if (type == DNS_MX && json_is_string(value) && !json_string_length(value))
		ret->name = ""; /* a null MX */
	else
		ret->name = name_of(import->arena, value);
	return ret->name != NULL;
}

static void import_set(struct import *import, const char *name, const char *word, json_t *values)
{
	unsigned type = wire_type(span_of(word));
	struct dns_record *record =
		ARENA_ARRAY(import->arena, struct dns_record, json_array_size(values));
	struct dns_answer answer = {.status = DNS_NODATA,
		.name = name,
		.canonical = name,
		.type = (enum dns_type)type,
		.record = record,
		.recorded = TIME_NONE};
	size_t i;
	json_t *value;

	if (type != DNS_TXT && type != DNS_A && type != DNS_AAAA && type != DNS_MX &&
		type != DNS_PTR && type != DNS_NS && type != DNS_CNAME) {
		tell(import, arena_printf(import->arena, "type not read: %.20s", word));
		return;
	}
	json_array_foreach(values, i, value)
	{
		if (read_node_value(import, type, value, &record[answer.count]))
			answer.count++;
		else
			tell(import, arena_printf(import->arena, "a value of %.60s %.10s is none",
					     name, word));
	}
	if (answer.count)
		answer.status = DNS_FOUND;
	if (answer.count || !json_array_size(values))
		import_answer(import, &answer);
}

static void import_cache(struct import *import, json_t *cache)
{
	const char *key, *word;
	json_t *sets, *values;

	json_object_foreach(cache, key, sets)
	{
		ldns_rdf *rdf = ldns_dname_new_frm_str(key);
		const char *name = rdf ? wire_name(import->arena, rdf) : NULL;

		ldns_rdf_deep_free(rdf);
		if (!name || !json_is_object(sets)) {
			tell(import, arena_printf(import->arena,
					     "not a name with its records: %.60s", key));
			continue;
		}
		json_object_foreach(sets, word, values) import_set(import, name, word, values);
	}
}

/* --- lists of keys */

static bool import_entry(struct import *import, json_t *entry)
{
	struct span cell[5] = {SPAN_NONE, SPAN_NONE, SPAN_NONE, SPAN_NONE, SPAN_NONE};
	const char *key;
	json_t *value;

	json_object_foreach(entry, key, value)
	{
		int column = import_column(span_of(key));

		if (column >= 0 && json_is_string(value))
			cell[column] = text_of(value);
		else if (column >= 0 && json_is_integer(value))
			cell[column] = span_of(arena_printf(
				import->arena, "%lld", (long long)json_integer_value(value)));
	}
	if (!cell[0].len || !cell[1].len)
		return false;
	import_key(import, 0, cell[0], cell[1], cell[2], cell[3], cell[4]);
	return true;
}

static void import_value(struct import *import, json_t *value)
{
	const json_t *inner = json_object_get(value, "responseMessage");
	size_t i;
	json_t *element;

	if (json_is_array(value)) {
		json_array_foreach(value, i, element) if (json_is_object(element))
			import_value(import, element);
		else tell(import, "an element that is no object");
	} else if (json_is_object(inner)) {
		import_reply(import, inner);
	} else if (json_object_get(value, "QNAME")) {
		import_reply(import, value);
	} else if (!import_entry(import, value)) {
		import_cache(import, value);
	}
}

bool import_json(struct import *import, struct span text)
{
	json_error_t error;
	bool any = false;

	text = span_trim_left(text);
	if (!text.len || (text.ptr[0] != '{' && text.ptr[0] != '['))
		return false;
	while (text.len) { /* one after another, as lines or from several runs */
		json_t *value = json_loadb(
			(const char *)text.ptr, text.len, JSON_DISABLE_EOF_CHECK, &error);

		if (!value) {
			if (!any && text.ptr[0] == '[')
				return false; /* perhaps a master file's comment */
			tell(import, arena_printf(import->arena, "JSON: %.100s", error.text));
			return true;
		}
		any = true;
		import_value(import, value);
		json_decref(value);
		text = span_trim_left(span_skip(text, (size_t)error.position));
	}
	return any;
}
