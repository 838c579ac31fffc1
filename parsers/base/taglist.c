/* SPDX-License-Identifier: ISC */
#include "parsers/base/taglist.h"

enum {
	TAGS_MAX = 500, /* no list has so many; each new one is compared with all before */
	TAGS_USUAL = 16
};

/* tag-name = ALPHA *ALNUMPUNC; ALNUMPUNC = ALPHA / DIGIT / "_" */
static bool good_name(struct span s)
{
	if (s.len == 0 || !is_alpha(s.ptr[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '_')
			return false;
	return true;
}

static void note_bad(struct taglist *list, bool *flag, struct span piece)
{
	if (!list->malformed && !list->duplicate)
		list->bad = piece;
	*flag = true;
}

/* tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]; false where PIECE, which is trimmed, is none. */
static bool read_tag(struct span piece, struct tag *ret)
{
	size_t eq = span_chr(piece, '=');

	*ret = (struct tag){
		.name = span_trim_right(span_sub(piece, 0, eq)),
		.value = span_trim_left(span_skip(piece, eq + 1)),
		.whole = piece,
	};
	if (!ret->value.ptr)
		ret->value = span_sub(piece, piece.len, piece.len);
	return eq < piece.len && good_name(ret->name);
}

static void add_piece(struct arena *arena, struct taglist *list, size_t *room, struct span piece)
{
	struct tag tag;

	if (!read_tag(piece, &tag) || list->count == TAGS_MAX) {
		note_bad(list, &list->malformed, piece);
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		if (span_eq(list->tag[i].name, tag.name))
			note_bad(list, &list->duplicate, piece);
	*LIST_ADD(arena, list->tag, list->count, *room) = tag;
}

/* tag-list = tag-spec *( ";" tag-spec ) [ ";" ] */
struct taglist taglist_parse(struct arena *arena, struct span s)
{
	struct taglist list = { .tag = ARENA_ARRAY(arena, struct tag, TAGS_USUAL) };
	size_t room = TAGS_USUAL;

	while (s.len) {
		size_t at = span_chr(s, ';');
		struct span piece = span_trim(span_sub(s, 0, at));

		if (piece.len)
			add_piece(arena, &list, &room, piece);
		else if (at < s.len) /* an empty piece before a semicolon; at the very end it is allowed */
			note_bad(&list, &list.malformed, span_sub(s, 0, at + 1));
		s = span_skip(s, at + 1);
	}
	return list;
}

bool taglist_next(struct taglist_reader *reader, struct tag *ret)
{
	while (reader->rest.len && reader->count < TAGS_MAX) {
		size_t at = span_chr(reader->rest, ';');
		struct span piece = span_trim(span_sub(reader->rest, 0, at));

		reader->rest = span_skip(reader->rest, at + 1);
		if (piece.len && read_tag(piece, ret)) {
			reader->count++;
			return true;
		}
	}
	return false;
}

const struct tag *taglist_find(const struct taglist *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->tag[i].name.ptr[0] == (uint8_t)*name && span_is(list->tag[i].name, name))
			return &list->tag[i];
	return NULL;
}

struct span taglist_value(const struct taglist *list, const char *name)
{
	const struct tag *tag = taglist_find(list, name);

	return tag ? tag->value : SPAN_NONE;
}

struct span taglist_squeeze(struct arena *arena, struct span s)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++)
		if (!is_space(s.ptr[i]))
			out[len++] = s.ptr[i];
	return span_make(out, len);
}
