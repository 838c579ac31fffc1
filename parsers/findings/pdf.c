/* SPDX-License-Identifier: ISC */
/*
 * Names in a PDF (ISO 32000-1 7.3.5, "#xx" escapes undone) outside of streams, and inside object
 * streams (7.5.7) once inflated. No structure is built: a name that acts is enough.
 */
#include "parsers/base/wide.h"
#include "parsers/findings/content.h"

enum { NAME_BYTES = 32 };

struct pdf {
	struct arena *arena;
	struct file_budget *budget;
	struct file_facts *facts;
	bool open_action, uri, object_stream, flate;
};

static bool delimiter(uint8_t c)
{
	return c <= ' ' || strchr("()<>[]{}/%", c);
}

static void act(struct pdf *p, const char *name)
{
	p->facts->facts |= FILE_ACTIVE;
	if (!p->facts->active)
		p->facts->active = name;
}

/* The document information dictionary, or an XMP stream (ISO 32000-1 14.3). */
static void note_dates(struct pdf *p, const char *name)
{
	if (!p->facts->dates)
		p->facts->dates = *name == 'M' && name[1] == 'e' ? "/Metadata" : "/CreationDate";
}

static void note_name(struct pdf *p, const char *name)
{
	if (strcmp(name, "JavaScript") == 0 || strcmp(name, "JS") == 0)
		act(p, "a script");
	else if (strcmp(name, "Launch") == 0)
		act(p, "an action that starts a program");
	else if (strcmp(name, "OpenAction") == 0 || strcmp(name, "AA") == 0)
		p->open_action = true;
	else if (strcmp(name, "URI") == 0 || strcmp(name, "SubmitForm") == 0 ||
		 strcmp(name, "GoToR") == 0)
		p->uri = true;
	else if (strcmp(name, "Encrypt") == 0)
		p->facts->facts |= FILE_ENCRYPTED;
	else if (strcmp(name, "CreationDate") == 0 || strcmp(name, "ModDate") == 0 ||
		 strcmp(name, "Metadata") == 0)
		note_dates(p, name);
	else if (strcmp(name, "ObjStm") == 0)
		p->object_stream = true;
	else if (strcmp(name, "FlateDecode") == 0 || strcmp(name, "Fl") == 0)
		p->flate = true;
}

/* A name behind its slash; returns the bytes that it takes. */
static size_t read_name(struct pdf *p, struct span s)
{
	char name[NAME_BYTES + 1];
	size_t len = 0, at = 0;

	while (at < s.len && !delimiter(s.ptr[at])) {
		uint8_t c = s.ptr[at++];
		int byte = c == '#' ? span_hex_byte(s, at) : -1;

		if (byte >= 0) {
			c = (uint8_t)byte;
			at += 2;
		}
		if (len < NAME_BYTES)
			name[len++] = (char)c;
	}
	name[len] = '\0';
	note_name(p, name);
	return at;
}

static void read_names(struct pdf *p, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '/')
			i += read_name(p, span_skip(s, i + 1));
}

/* "stream" CRLF|LF data "endstream": its place and end. */
static bool at_stream(struct span s, size_t i)
{
	return s.ptr[i] == 's' && i + 7 < s.len && memcmp(s.ptr + i, "stream", 6) == 0 &&
	       (s.ptr[i + 6] == '\n' || s.ptr[i + 6] == '\r') &&
	       (i < 3 || memcmp(s.ptr + i - 3, "end", 3) != 0);
}

static size_t pass_stream(struct pdf *p, struct span s, size_t i)
{
	size_t start = i + 6 + (s.ptr[i + 6] == '\r' && s.ptr[i + 7] == '\n' ? 2 : 1);
	size_t end = span_find(s, SPAN("endstream"), start);

	if (p->object_stream && p->flate)
		read_names(p, archive_inflate(p->arena, span_sub(s, start, end), p->budget));
	p->object_stream = p->flate = false;
	return end;
}

/* The next place at or after AT where a name, "stream" or "endobj" may begin, or the end. */
static size_t next_mark(struct span s, size_t at)
{
	for (; at + WIDE <= s.len; at += WIDE) {
		wide v = wide_at(s.ptr + at);
		wide marks = wide_or(wide_equal(v, '/'), wide_or(wide_equal(v, 's'), wide_equal(v, 'e')));

		if (wide_any(marks))
			return at + wide_first(marks);
	}
	while (at < s.len && s.ptr[at] != '/' && s.ptr[at] != 's' && s.ptr[at] != 'e')
		at++;
	return at;
}

void pdf_read(struct arena *arena, struct span bytes, struct file_budget *budget,
	struct file_facts *facts)
{
	struct pdf p = {.arena = arena, .budget = budget, .facts = facts};
	size_t start = span_find(span_sub(bytes, 0, 1024), SPAN("%PDF-"), 0);

	if (start >= bytes.len || start >= 1024)
		return;
	facts->facts |= FILE_PDF;
	for (size_t i = next_mark(bytes, start); i < bytes.len; i = next_mark(bytes, i + 1)) {
		if (bytes.ptr[i] == '/')
			i += read_name(&p, span_skip(bytes, i + 1));
		else if (at_stream(bytes, i))
			i = pass_stream(&p, bytes, i);
		else if (bytes.ptr[i] == 'e' && i + 6 < bytes.len &&
			 memcmp(bytes.ptr + i, "endobj", 6) == 0)
			p.object_stream = p.flate = false;
	}
	if (p.open_action && p.uri)
		act(&p, "an action on opening that leads to an address");
}
