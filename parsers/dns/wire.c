/* SPDX-License-Identifier: ISC */
#include "parsers/dns/wire.h"

#include <stdlib.h>

enum { NAME_WIRE_MAX = 255, LABEL_MAX = 63, STRING_MAX = 255 };

const char *wire_name_span(struct arena *arena, struct span s, size_t *ret_len)
{
	uint8_t text[NAME_WIRE_MAX * 2];
	size_t at = 0, len = 0;

	for (;;) {
		if (at >= s.len || s.ptr[at] > LABEL_MAX || at + s.ptr[at] >= s.len ||
			at + s.ptr[at] >= NAME_WIRE_MAX)
			return NULL;

		size_t label = s.ptr[at++];

		if (!label)
			break;
		if (len)
			text[len++] = '.';
		for (; label; label--, at++) {
			if (!s.ptr[at])
				return NULL; /* names here are C strings; no name in use holds a NUL
					      */
			if (s.ptr[at] == '.' || s.ptr[at] == '\\')
				text[len++] = '\\';
			text[len++] = ascii_lower(s.ptr[at]);
		}
	}
	if (ret_len)
		*ret_len = at;
	return arena_text(arena, span_make(text, len));
}

const char *wire_name(struct arena *arena, const ldns_rdf *dname)
{
	return wire_name_span(arena, span_make(ldns_rdf_data(dname), ldns_rdf_size(dname)), NULL);
}

const char *wire_name_text(struct arena *arena, struct span text)
{
	ldns_rdf *dname = text.len ? ldns_dname_new_frm_str(arena_text(arena, text)) : NULL;
	const char *name = dname ? wire_name(arena, dname) : NULL;

	ldns_rdf_deep_free(dname);
	return name;
}

struct span wire_take_word(struct span *rest)
{
	struct span s = span_trim_left(*rest);
	size_t len = 0;

	while (len < s.len && !is_space(s.ptr[len]))
		len += s.ptr[len] == '\\' && len + 1 < s.len ? 2 : 1;
	*rest = span_skip(s, len);
	return span_sub(s, 0, len);
}

ldns_rdf *wire_dname(const char *name)
{
	uint8_t wire[NAME_WIRE_MAX];
	size_t at = 1, start = 0;

	for (; *name; name++) {
		if (at >= NAME_WIRE_MAX - 1)
			return NULL;
		if (*name == '.') {
			if (at - start - 1 < 1 || at - start - 1 > LABEL_MAX)
				return NULL;
			wire[start] = (uint8_t)(at - start - 1);
			start = at++;
			continue;
		}
		if (*name == '\\' && (name[1] == '.' || name[1] == '\\'))
			name++;
		wire[at++] = ascii_lower((uint8_t)*name);
	}
	if (at - start - 1 > LABEL_MAX || (start && at - start - 1 < 1))
		return NULL;
	wire[start] = (uint8_t)(at - start - 1);
	if (at > 1)
		wire[at++] = 0;
	return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, at, wire);
}

/* RFC 1035 3.3.14: one or more character-strings. */
static bool read_strings(struct arena *arena, struct span rdata, struct dns_record *ret)
{
	uint8_t *text = arena_bytes(arena, rdata.len + 1);
	size_t len = 0;

	for (size_t at = 0; at < rdata.len;) {
		size_t part = rdata.ptr[at++];

		if (part > rdata.len - at)
			return false;
		if (part)
			memcpy(text + len, rdata.ptr + at, part);
		len += part;
		at += part;
		ret->strings++;
	}
	text[len] = 0;
	ret->txt = span_make(text, len);
	return ret->strings > 0;
}

static bool read_address(struct span rdata, size_t len, struct dns_record *ret)
{
	if (rdata.len != len)
		return false;
	memcpy(ret->address, rdata.ptr, len);
	return true;
}

static bool read_name(struct arena *arena, struct span rdata, struct dns_record *ret)
{
	size_t len = 0;

	ret->name = wire_name_span(arena, rdata, &len);
	return ret->name && len == rdata.len;
}

static bool read_rdata(
	struct arena *arena, unsigned type, struct span rdata, struct dns_record *ret)
{
	switch (type) {
	case DNS_TXT:
	case DNS_SPF:
		return read_strings(arena, rdata, ret);
	case DNS_A:
		return read_address(rdata, 4, ret);
	case DNS_AAAA:
		return read_address(rdata, 16, ret);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return read_name(arena, rdata, ret);
	case DNS_MX:
		if (rdata.len < 3)
			return false;
		ret->preference = (unsigned)rdata.ptr[0] << 8 | rdata.ptr[1];
		return read_name(arena, span_skip(rdata, 2), ret);
	default:
		return true;
	}
}

bool wire_record(struct arena *arena, const ldns_rr *rr, struct dns_record *ret)
{
	size_t len = 0;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		len += ldns_rdf_size(ldns_rr_rdf(rr, i));
	if (len > UINT16_MAX)
		return false;

	uint8_t *rdata = arena_bytes(arena, len + 1);

	len = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

		if (ldns_rdf_size(rdf))
			memcpy(rdata + len, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		len += ldns_rdf_size(rdf);
	}
	rdata[len] = 0;
	ret->rdata = span_make(rdata, len);
	ret->ttl = ldns_rr_ttl(rr);
	return read_rdata(arena, ldns_rr_get_type(rr), ret->rdata, ret);
}

/* Stands for itself in a quoted string, however that is read. */
static bool is_plain(uint8_t c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '(' && c != ')';
}

bool wire_strings(struct arena *arena, struct span text, struct dns_record *ret)
{
	enum { USUAL_MAX = 4096 };
	uint8_t *rdata;
	size_t len = 0;

	if (text.len > USUAL_MAX)
		return false;
	rdata = arena_bytes(arena, text.len + 1);
	while (text.len) {
		size_t end = 1;

		while (end < text.len && is_plain(text.ptr[end]))
			end++;
		if (text.ptr[0] != '"' || end == 1 || end - 1 > STRING_MAX || end == text.len ||
			text.ptr[end] != '"' || (end + 1 < text.len && text.ptr[end + 1] != ' '))
			return false;
		rdata[len++] = (uint8_t)(end - 1);
		memcpy(rdata + len, text.ptr + 1, end - 1);
		len += end - 1;
		text = span_trim_left(span_skip(text, end + 1));
	}
	rdata[len] = 0;
	ret->rdata = span_make(rdata, len);
	return read_strings(arena, ret->rdata, ret);
}

ldns_rr *wire_rr(const char *name, unsigned type, uint32_t ttl, struct span rdata)
{
	ldns_rdf *owner = wire_dname(name);
	ldns_rr *rr = owner ? ldns_rr_new() : NULL;
	uint8_t *wire = rr ? malloc(rdata.len + 2) : NULL;
	size_t pos = 0;

	if (!wire || rdata.len > UINT16_MAX) {
		free(wire);
		ldns_rr_free(rr);
		ldns_rdf_deep_free(owner);
		return NULL;
	}
	wire[0] = (uint8_t)(rdata.len >> 8);
	wire[1] = (uint8_t)rdata.len;
	if (rdata.len)
		memcpy(wire + 2, rdata.ptr, rdata.len);
	ldns_rr_set_owner(rr, owner);
	ldns_rr_set_type(rr, (ldns_rr_type)type);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	ldns_rr_set_ttl(rr, ttl);
	if (ldns_wire2rdf(rr, wire, rdata.len + 2, &pos) != LDNS_STATUS_OK) {
		ldns_rr_free(rr);
		rr = NULL;
	}
	free(wire);
	return rr;
}

unsigned wire_type(struct span word)
{
	char text[32];

	if (!word.len || word.len >= sizeof text)
		return 0;
	memcpy(text, word.ptr, word.len);
	text[word.len] = 0;
	return ldns_get_rr_type_by_name(text);
}

/* --- writing */

void wire_write_type(struct buffer *out, unsigned type)
{
	const ldns_rr_descriptor *descriptor = ldns_rr_descript((uint16_t)type);
	const char *word = descriptor ? descriptor->_name : NULL;

	if (word)
		buffer_str(out, word);
	else
		buffer_printf(out, "TYPE%u", type);
}

void wire_write_name(struct buffer *out, const char *name)
{
	for (const char *p = name; *p; p++) {
		uint8_t c = (uint8_t)*p;

		if (c == '\\' && p[1])
			buffer_printf(out, "\\%c", *++p);
		else if (is_alnum(c) || strchr("-_./*=+~!#%&,:?^`{|}[]<>'", c))
			buffer_char(out, (char)c);
		else
			buffer_printf(out, "\\%03u", c);
	}
	buffer_char(out, '.');
}

/* RFC 1035 5.1: <character-string>, always in quotes. */
static void write_string(struct buffer *out, struct span s)
{
	buffer_char(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '"' || c == '\\')
			buffer_printf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			buffer_printf(out, "\\%03u", c);
		else
			buffer_char(out, (char)c);
	}
	buffer_char(out, '"');
}

static void write_strings(struct buffer *out, const struct dns_record *record)
{
	struct span rdata = record->rdata;

	if (!rdata.len) { /* made by hand: cut as any server would */
		size_t at = 0;

		do {
			buffer_str(out, at ? " " : "");
			write_string(out, span_sub(record->txt, at, at + STRING_MAX));
			at += STRING_MAX;
		} while (at < record->txt.len);
		return;
	}
	for (size_t at = 0; at < rdata.len; at += 1u + rdata.ptr[at]) {
		buffer_str(out, at ? " " : "");
		write_string(out, span_sub(rdata, at + 1, at + 1 + rdata.ptr[at]));
	}
}

static void write_ip6(struct buffer *out, const uint8_t *address)
{
	ldns_rdf *rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_AAAA, 16, address);
	char *text = rdf ? ldns_rdf2str(rdf) : NULL;

	buffer_str(out, text ? text : "::");
	free(text);
	ldns_rdf_deep_free(rdf);
}

/* Whether the library reads its own line back to the same data; of cut data it may not. */
static bool reads_back(const char *line, struct span rdata)
{
	struct arena *arena = arena_new();
	struct dns_record record = {.ttl = 0};
	ldns_rr *rr = NULL;
	bool same = ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) == LDNS_STATUS_OK &&
		    wire_record(arena, rr, &record) && span_eq(record.rdata, rdata);

	ldns_rr_free(rr);
	arena_free(arena);
	return same;
}

/* Any other type as the library writes it: after the fourth tab of its line. */
static void write_other(struct buffer *out, unsigned type, struct span rdata)
{
	ldns_rr *rr = wire_rr("", type, 0, rdata);
	char *text = rr ? ldns_rr2str(rr) : NULL, *at = text;

	for (int tabs = 0; at && tabs < 4; tabs++) {
		at = strchr(at, '\t');
		at = at ? at + 1 : NULL;
	}
	if (at && *at != '\n' && reads_back(text, rdata)) {
		buffer_span(out, span_trim(span_of(at)));
	} else { /* RFC 3597 5 */
		buffer_printf(out, "\\# %zu", rdata.len);
		for (size_t i = 0; i < rdata.len; i++)
			buffer_printf(out, "%s%02x", i ? "" : " ", rdata.ptr[i]);
	}
	free(text);
	ldns_rr_free(rr);
}

void wire_write_record(
	struct buffer *out, const char *name, unsigned type, const struct dns_record *record)
{
	const uint8_t *a = record->address;

	wire_write_name(out, name);
	buffer_printf(out, "\t%u\tIN\t", (unsigned)record->ttl);
	wire_write_type(out, type);
	buffer_char(out, '\t');
	if (type == DNS_TXT || type == DNS_SPF)
		write_strings(out, record);
	else if (type == DNS_A)
		buffer_printf(out, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
	else if (type == DNS_AAAA)
		write_ip6(out, a);
	else if (type == DNS_MX)
		buffer_printf(out, "%u ", record->preference), wire_write_name(out, record->name);
	else if (type == DNS_NS || type == DNS_CNAME || type == DNS_PTR)
		wire_write_name(out, record->name);
	else
		write_other(out, type, record->rdata);
	buffer_char(out, '\n');
}
