/* SPDX-License-Identifier: ISC */
#include "parsers/message/enclosed.h"

#include "parsers/message/part.h"

/* "name: " as a message begins, or an mbox line before it. */
static bool begins_like_message(struct span s)
{
	size_t colon = 0;

	if (span_starts(s, "From "))
		return true;
	while (colon < s.len && (is_alnum(s.ptr[colon]) || s.ptr[colon] == '-'))
		colon++;
	return colon > 1 && colon < s.len && s.ptr[colon] == ':';
}

static bool named_eml(const struct part *part)
{
	struct span name = span_of(part->filename ? part->filename : part->name);

	return name.len > 4 && span_iis(span_skip(name, name.len - 4), ".eml");
}

bool part_encloses(struct arena *arena, struct mime *mime, struct part *part)
{
	if (part->is_message)
		return part->content.len > 0;
	if (part->is_multipart)
		return false;
	if (strcmp(part->type, "message/rfc822") == 0 || strcmp(part->type, "message/global") == 0)
		return part_decoded(arena, mime, part).len > 0;
	return named_eml(part) && begins_like_message(part_decoded(arena, mime, part));
}

/* --- the name of the place --- */

/*
 * coding = step *( "," step ); step = encoding [ "@" offset "+" length ]: undo the encoding, then
 * take these bytes of what comes out. A message inside one that was encoded has no bytes of its own
 * in the source.
 */
static const char *add_range(struct arena *arena, const char *coding, size_t offset, size_t length)
{
	const char *at = strrchr(coding, '@'), *comma = strrchr(coding, ',');
	uint64_t before = 0;

	if (!at || (comma && comma > at))
		return arena_printf(arena, "%s@%zu+%zu", coding, offset, length);
	span_number(span_sub(span_of(at + 1), 0, strcspn(at + 1, "+")), UINT64_MAX / 2, &before);
	return arena_printf(
		arena, "%.*s@%zu+%zu", (int)(at - coding), coding, (size_t)before + offset, length);
}

static const char *name_of(struct arena *arena, const struct origin *o)
{
	return arena_printf(arena, "%s%spart %s%s%s%s", o->archive_member ? o->archive_member : "",
		o->archive_member ? "!" : "", o->enclosed, o->coding ? " (" : "",
		o->coding ? o->coding : "", o->coding ? ")" : "");
}

bool enclosed_read(struct arena *arena, struct mime *mime, size_t index, const struct origin *outer,
	struct span *ret_raw, struct origin *ret)
{
	struct part *part = index < mime->count ? &mime->part[index] : NULL;
	const char *coding = part ? part_coding(part) : NULL;
	struct span raw = mime->message->raw;
	size_t offset;

	if (!part || !part_encloses(arena, mime, part))
		return false;
	offset = span_offset(raw, part->content);
	*ret_raw = part->is_message ? part->content : part_decoded(arena, mime, part);
	*ret = *outer;
	ret->separator = SPAN_NONE;
	ret->archive_member = outer->enclosed ? outer->archive_member : outer->member;
	ret->enclosed = outer->enclosed ? arena_printf(arena, "%s.%s", outer->enclosed, part->path)
					: part->path;
	if (outer->coding) {
		ret->coding = add_range(arena, outer->coding, offset, part->content.len);
	} else {
		ret->offset += offset;
		ret->length = part->content.len;
	}
	if (coding)
		ret->coding =
			ret->coding ? arena_printf(arena, "%s,%s", ret->coding, coding) : coding;
	ret->member = name_of(arena, ret);
	return true;
}

bool origin_parse(struct arena *arena, struct origin *o)
{
	struct span name = span_of(o->member), path, coding = SPAN_NONE;
	size_t mark = span_rchr(name, '!'), blank;
	struct span last = mark < name.len ? span_skip(name, mark + 1) : name;

	if (!o->member || !span_starts(last, "part "))
		return false;
	path = span_skip(last, 5);
	blank = span_chr(path, ' ');
	if (blank < path.len) {
		coding = span_skip(path, blank + 1);
		path = span_sub(path, 0, blank);
		if (coding.len < 3 || *coding.ptr != '(' || coding.ptr[coding.len - 1] != ')')
			return false;
		coding = span_sub(coding, 1, coding.len - 1);
	}
	for (size_t i = 0; i < path.len; i++)
		if (!is_digit(path.ptr[i]) && path.ptr[i] != '.')
			return false;
	if (path.len == 0)
		return false;
	o->enclosed = arena_text(arena, path);
	o->coding = coding.len ? arena_text(arena, coding) : NULL;
	o->archive_member = mark < name.len ? arena_text(arena, span_sub(name, 0, mark)) : NULL;
	return true;
}

/* "@offset+length" of what a step gave. */
static struct span take_range(struct span s, struct span range)
{
	size_t plus = span_chr(range, '+');
	uint64_t offset, length;

	if (!span_number(span_sub(range, 0, plus), SIZE_MAX, &offset) ||
		!span_number(span_skip(range, plus + 1), SIZE_MAX, &length) || offset > s.len ||
		length > s.len - offset)
		return SPAN_NONE;
	return span_make(s.ptr + offset, (size_t)length);
}

struct span enclosed_decode(struct arena *arena, struct span s, const char *coding)
{
	struct span rest = span_of(coding);

	while (rest.len > 0 && s.ptr) {
		struct span step = span_sub(rest, 0, span_chr(rest, ','));
		size_t at = span_chr(step, '@');

		s = content_decode(arena, s, arena_text(arena, span_sub(step, 0, at)));
		if (at < step.len)
			s = take_range(s, span_skip(step, at + 1));
		rest = span_skip(rest, step.len + 1);
	}
	return s;
}
