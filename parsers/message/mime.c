/* SPDX-License-Identifier: ISC */
/*
 * RFC 2046 5.1.1:
 *
 *	multipart-body    := [preamble CRLF] dash-boundary transport-padding CRLF body-part
 *	                     *encapsulation close-delimiter transport-padding [CRLF epilogue]
 *	dash-boundary     := "--" boundary
 *	delimiter         := CRLF dash-boundary
 *
 * One pass over the lines, with a stack of the multiparts that are open. A line that begins with
 *"--" is compared with their boundaries, the innermost first; where an outer one's matches, all
 *inside it ends.
 */
#include "parsers/message/mime.h"

#include "parsers/message/header.h"
#include "parsers/message/part.h"

/* An entity whose end was not found yet. */
struct open {
	size_t part;
	const char *boundary; /* NULL where it is no multipart */
	size_t boundary_len;
	bool closed; /* its close-delimiter was seen: what follows is epilogue */
	bool any;    /* a part of it was seen */
};

struct walk {
	struct arena *arena;
	struct mime *mime;
	struct span raw;
	uint8_t line_end;
	const uint8_t *at, *end;
	unsigned line;
	size_t room;
	struct open open[LIMIT_DEPTH + 2];
	size_t open_count;
	size_t *children; /* per part: parts directly inside, for the paths */
	size_t child_room, child_count;
};

enum { BOUNDARY_SEARCH = 64 * 1024 };

enum delimiter { DELIMITER_NONE, DELIMITER_NEXT, DELIMITER_CLOSE };

/* A line from "--" on, without its end. */
static enum delimiter match_boundary(const struct open *open, struct span line)
{
	struct span rest;

	if (!open->boundary || open->closed || line.len < open->boundary_len + 2 ||
		memcmp(line.ptr + 2, open->boundary, open->boundary_len) != 0)
		return DELIMITER_NONE;
	rest = span_skip(line, open->boundary_len + 2);
	if (span_trim(rest).len == 0)
		return DELIMITER_NEXT;
	return span_starts(rest, "--") ? DELIMITER_CLOSE : DELIMITER_NONE;
}

/*
 * Which open multipart the line belongs to: that of the longest boundary that fits. Where one boundary is used again
 * inside itself, the outermost: RFC 2046 5.1.2 has an outer boundary recognised at every level of inner nesting.
 */
static enum delimiter find_delimiter(const struct walk *w, struct span line, size_t *ret_index)
{
	enum delimiter found = DELIMITER_NONE;
	size_t longest = 0;

	if (line.len < 2 || line.ptr[0] != '-' || line.ptr[1] != '-')
		return DELIMITER_NONE;
	for (size_t i = 0; i < w->open_count; i++) {
		enum delimiter kind = match_boundary(&w->open[i], line);

		if (kind == DELIMITER_NONE || w->open[i].boundary_len <= longest)
			continue;
		longest = w->open[i].boundary_len;
		*ret_index = i;
		found = kind;
	}
	return found;
}

static struct span line_at(const struct walk *w, const uint8_t *at, size_t *ret_whole)
{
	size_t left = (size_t)(w->end - at);
	const uint8_t *stop = memchr(at, w->line_end, left);
	size_t len = stop ? (size_t)(stop - at) : left;

	*ret_whole = stop ? len + 1 : left;
	if (stop && len && w->line_end == '\n' && at[len - 1] == '\r')
		len--;
	return span_make(at, len);
}

/* The bytes of a header block at the reading place: to the empty line and with it, or to before a
 * delimiter. */
static struct span header_region(const struct walk *w)
{
	const uint8_t *at = w->at;
	size_t whole, index;

	while (at < w->end) {
		struct span line = line_at(w, at, &whole);

		if (find_delimiter(w, line, &index) != DELIMITER_NONE)
			break;
		at += whole;
		if (line.len == 0)
			break;
	}
	return span_make(w->at, (size_t)(at - w->at));
}

/* IMAP's numbers count the parts of a multipart; a message's own root adds ".0" where it is a
 * multipart, else ".1". */
static const char *path_of(struct walk *w, const struct part *part, size_t parent, bool is_root)
{
	const char *outer = is_root ? NULL : w->mime->part[parent].path;
	size_t len = outer ? strlen(outer) : 0, n;

	if (is_root)
		return part->is_multipart ? "0" : "1";
	if (w->mime->part[parent].is_message)
		return arena_printf(w->arena, "%s.%d", outer, part->is_multipart ? 0 : 1);
	n = w->children[parent];
	if (strcmp(outer, "0") == 0)
		return arena_printf(w->arena, "%zu", n);
	if (len > 2 && strcmp(outer + len - 2, ".0") == 0)
		len -= 2;
	return arena_printf(w->arena, "%.*s.%zu", (int)len, outer, n);
}

/*
 * White space at a boundary's end is not allowed (RFC 2046 5.1.1), and transports take it off lines: where the delimiters
 * do not have it, near the content's start, it is not part of the boundary.
 */
static size_t boundary_length(const struct walk *w, const char *boundary)
{
	struct span exact = span_of(boundary), bare = span_trim_right(exact);
	struct span near = span_sub(span_make(w->at, (size_t)(w->end - w->at)), 0, BOUNDARY_SEARCH);
	size_t at = 0;

	if (exact.len == bare.len)
		return exact.len;
	while ((at = span_find(near, exact, at)) < near.len) {
		if (at >= 2 && near.ptr[at - 1] == '-' && near.ptr[at - 2] == '-')
			return exact.len;
		at++;
	}
	return bare.len;
}

static void push(struct walk *w, size_t index)
{
	const struct part *part = &w->mime->part[index];
	struct open *open = &w->open[w->open_count++];

	*open = (struct open){.part = index};
	if (part->is_multipart && part->boundary && *part->boundary) {
		open->boundary_len = boundary_length(w, part->boundary);
		open->boundary = open->boundary_len ? part->boundary : NULL;
	}
}

/* Adds a part with this header, its content still open. */
static struct part *add_part(struct walk *w, struct header_block block, size_t parent, bool is_root)
{
	struct mime *mime = w->mime;
	struct part *part = LIST_ADD(w->arena, mime->part, mime->count, w->room);
	size_t index = mime->count - 1;
	bool digest = !is_root && strcmp(mime->part[parent].type, "multipart/digest") == 0;

	*LIST_ADD(w->arena, w->children, w->child_count, w->child_room) = 0;
	part->parent = is_root ? index : parent;
	part->depth = is_root ? 0 : mime->part[parent].depth + 1;
	part->header = block.header;
	part->field = block.field;
	part->field_count = block.field_count;
	part->content = span_make(block.body.ptr, 0);
	if (!is_root)
		w->children[parent]++;
	part_describe(w->arena, part, digest ? "message/rfc822" : "text/plain");
	part->path = path_of(w, part, parent, is_root);
	return part;
}

/* Reads the entities that begin here: a part and, where it is a message, the message's own, and so
 * on. */
static void begin_entity(struct walk *w, size_t parent)
{
	for (;;) {
		struct span region = header_region(w);
		struct header_block block;
		struct part *part;

		if (w->mime->count >= LIMIT_PARTS) {
			w->mime->parts_limited = true;
			return;
		}
		block = header_scan(w->arena, w->mime->message, region, w->line);
		w->at = span_end(region);
		w->line = block.body_line;
		part = add_part(w, block, parent, false);
		part->whole = span_make(region.ptr, 0);
		part->content.ptr = w->at;
		parent = w->mime->count - 1;
		if (part->depth >= LIMIT_DEPTH) {
			w->mime->depth_limited |= part->is_multipart || part->is_message;
			part->is_multipart = part->is_message = false;
		}
		push(w, parent);
		if (!part->is_message)
			return;
	}
}

/* All entities above KEEP on the stack end at AT. */
static void end_entities(struct walk *w, size_t keep, const uint8_t *at)
{
	while (w->open_count > keep) {
		const struct open *open = &w->open[--w->open_count];
		struct part *part = &w->mime->part[open->part];

		/* A line end that the part needed for its header may belong to the delimiter: then
		 * the part is empty. */
		if (at < part->content.ptr)
			part->content.ptr = at;
		if (at < part->whole.ptr)
			part->header = part->whole = span_make(at, 0);
		part->content.len = (size_t)(at - part->content.ptr);
		part->whole.len = (size_t)(at - part->whole.ptr);
		if (open->closed && at < part->epilogue.ptr)
			part->epilogue.ptr = at;
		if (open->closed)
			part->epilogue.len = (size_t)(at - part->epilogue.ptr);
		else if (part->is_multipart)
			part->unclosed = true;
		if (part->is_multipart && !open->any)
			part->preamble = part->content;
	}
}

/* Where the content before a delimiter line ends: the line end belongs to the delimiter. */
static const uint8_t *before_line(const struct walk *w, const uint8_t *line)
{
	if (line > w->raw.ptr && line[-1] == w->line_end)
		line--;
	if (w->line_end == '\n' && line > w->raw.ptr && line[-1] == '\r')
		line--;
	return line;
}

/*
 * Between two delimiter lines in a row there is no part: the CRLF that begins a delimiter would be
 * missing. Before the close-delimiter it is taken for an empty part all the same, since a multipart
 * must have one.
 */
static bool delimiter_follows(const struct walk *w, size_t index)
{
	size_t whole, found;

	if (w->at == w->end)
		return false;
	return find_delimiter(w, line_at(w, w->at, &whole), &found) == DELIMITER_NEXT &&
	       found == index;
}

static void take_delimiter(struct walk *w, enum delimiter kind, size_t index, struct span line)
{
	struct open *open = &w->open[index];
	struct part *part = &w->mime->part[open->part];
	const uint8_t *before = before_line(w, line.ptr);

	end_entities(w, index + 1, before);
	if (!open->any) {
		open->any = true;
		part->preamble = span_make(part->content.ptr,
			before < part->content.ptr ? 0 : (size_t)(before - part->content.ptr));
	}
	if (kind == DELIMITER_CLOSE) {
		open->closed = true;
		part->epilogue = span_make(w->at, 0);
	} else if (!delimiter_follows(w, index)) {
		begin_entity(w, open->part);
	}
}

static void scan_lines(struct walk *w)
{
	while (w->at < w->end) {
		size_t whole, index;
		struct span line = line_at(w, w->at, &whole);
		enum delimiter kind = find_delimiter(w, line, &index);

		w->at += whole;
		w->line++;
		if (kind != DELIMITER_NONE)
			take_delimiter(w, kind, index, line);
	}
	end_entities(w, 0, w->end);
}

static void add_root(struct walk *w)
{
	const struct message *m = w->mime->message;
	struct part *root = add_part(w,
		(struct header_block){m->field, m->field_count, m->header, m->body, m->body_line},
		0, true);

	root->header = m->header;
	root->whole = span_make(m->header.ptr, 0);
	push(w, 0);
	if (root->is_message)
		begin_entity(w, 0);
}

struct mime *mime_parse(
	struct arena *arena, const struct message *m, const struct mime_options *options)
{
	struct mime *mime = ARENA_NEW(arena, struct mime);
	struct walk w = {.arena = arena,
		.mime = mime,
		.raw = m->raw,
		.line_end = m->line_ends == LINE_ENDS_CR ? '\r' : '\n',
		.at = m->body.ptr,
		.end = span_end(m->raw),
		.line = m->body_line};

	mime->message = m;
	add_root(&w);
	if (w.open_count == 1 && !w.open[0].boundary)
		end_entities(&w, 0, w.end); /* one leaf: no line matters */
	else
		scan_lines(&w);
	for (size_t i = 0; options && (options->hash || options->detect) && i < mime->count; i++)
		part_measure(arena, mime, &mime->part[i], options);
	return mime;
}
