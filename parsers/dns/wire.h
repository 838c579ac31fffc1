/* SPDX-License-Identifier: ISC */
/* Names and records between the wire (RFC 1035 3 and 4), the master file's text (5.1) and struct
 * dns_record. */
#ifndef PARSERS_DNS_WIRE_H
#define PARSERS_DNS_WIRE_H

#include <ldns/ldns.h>

#include "parsers/base/buffer.h"
#include "parsers/dns/dns.h"

/* A name as this room keeps it: lower case, no final dot, bytes as they are; a dot or backslash in
 * a label is escaped. */
const char *wire_name(struct arena *, const ldns_rdf *);
/* The same of an uncompressed name at the front of S; NULL where there is none. */
const char *wire_name_span(struct arena *, struct span, size_t *ret_len);
/* The same of a name in master file form; NULL where it is none. */
const char *wire_name_text(struct arena *, struct span);
/* The name back as a library object (to be freed with ldns_rdf_deep_free), or NULL. */
ldns_rdf *wire_dname(const char *name);
/* Fills the members that follow from RR: those of its type, rdata, ttl. False where the data is not
 * of its type. */
bool wire_record(struct arena *, const ldns_rr *, struct dns_record *ret);
/* The same, but for the TTL, of TXT as it is nearly always written: strings in quotes, blanks between them, no escapes. False
 * where it is written otherwise, or wrong: then the library is to read it. */
bool wire_strings(struct arena *, struct span text, struct dns_record *ret);
/* The record as a library object, to be freed, or NULL. */
ldns_rr *wire_rr(const char *name, unsigned type, uint32_t ttl, struct span rdata);

/* Takes the first word off a master file's line; a backslash keeps what follows it in the word. */
struct span wire_take_word(struct span *rest);
/* Appends a name in master file form, with its final dot. */
void wire_write_name(struct buffer *, const char *name);
/* Appends one line: name, TTL, IN, type, data. */
void wire_write_record(struct buffer *, const char *name, unsigned type, const struct dns_record *);
/* The type's word, or TYPE123 (RFC 3597 5). */
void wire_write_type(struct buffer *, unsigned type);
/* 0 where the word is no type. */
unsigned wire_type(struct span word);

#endif
