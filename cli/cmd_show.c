/* SPDX-License-Identifier: ISC */
/* show: the bytes behind a claim. */
#include "cli/output.h"
#include "cli/setup.h"
#include "parsers/report/show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* FILE[!MEMBER][@OFFSET+LENGTH] */
struct target {
	const char *file, *member;
	bool has_range;
	uint64_t offset, length;
};

/* A name that exists as it stands is a name, whatever it looks like. */
static int target_parse(
	struct arena *arena, const char *arg, struct target *ret, struct error *reterr)
{
	const char *at = strrchr(arg, '@'), *plus = at ? strchr(at, '+') : NULL;

	*ret = (struct target){.file = arg};
	if (strcmp(arg, "-") == 0 || access(arg, F_OK) == 0)
		return 0;
	if (plus &&
		span_number(span_make(at + 1, (size_t)(plus - at - 1)), INT64_MAX, &ret->offset) &&
		span_number(span_of(plus + 1), INT64_MAX, &ret->length)) {
		ret->file = arena_text(arena, span_make(arg, (size_t)(at - arg)));
		ret->has_range = true;
	}

	const char *mark = strchr(ret->file, '!');

	if (mark && access(ret->file, F_OK) != 0) {
		ret->member = mark + 1;
		ret->file = arena_text(arena, span_make(ret->file, (size_t)(mark - ret->file)));
	}
	return access(ret->file, F_OK) == 0 ? 0
					    : error_errno(reterr, "cannot open '%s'", ret->file);
}

/* The bytes asked for, in the arena: a range, or the only message of the file. */
static int target_read(struct arena *arena, const struct target *target, struct span *ret,
	struct origin *ret_origin, struct error *reterr)
{
	const char *path[] = {target->file};
	struct source_options options = {.recurse = false};
	struct span raw;
	uint8_t *bytes;
	size_t len;

	*ret_origin = (struct origin){
		.source = target->file, .member = target->member, .offset = target->offset};
	if (target->has_range) {
		if (source_read(target->file, target->member, target->offset, target->length,
			    &bytes, &len, reterr) != 0)
			return -1;
		*ret = arena_copy(arena, span_make(bytes, len));
		free(bytes);
		return len == target->length ? 0
					     : error_set(reterr, ERROR_USAGE, "%s ends before that",
						       target->file);
	}

	struct source *source = source_open(path, 1, &options);
	int got = source_next(source, &raw, ret_origin, reterr);

	if (got > 0) {
		struct origin next;

		*ret = arena_copy(arena, raw);
		if (source_next(source, &raw, &next, reterr) > 0)
			got = error_set(reterr, ERROR_USAGE,
				"%s holds several messages; the first is %s@%llu+%zu", target->file,
				target->file, (unsigned long long)ret_origin->offset, ret->len);
	} else if (got == 0) {
		got = error_set(reterr, ERROR_USAGE, "%s holds no message", target->file);
	}
	ret_origin->separator = SPAN_NONE;
	source_free(source);
	return got > 0 ? 0 : -1;
}

static int one_view(const struct settings *s, struct error *reterr)
{
	int views = s->hex + s->headers + s->mime + s->canonical + s->raw;

	if (views > 1)
		return error_set(reterr, ERROR_USAGE,
			"--hex, --headers, --mime, --canonical and --raw contradict each other");
	return s->force && !s->raw
		       ? error_set(reterr, ERROR_USAGE, "--force has no meaning without --raw")
		       : 0;
}

static const struct outline *view_of(const struct call *call, const struct setup *setup,
	struct span bytes, const struct origin *origin, unsigned width)
{
	const struct settings *s = call->settings;

	if (s->hex)
		return show_hex(call->arena, bytes, origin->offset);
	if (!s->headers && !s->mime && !s->canonical)
		return show_lines(call->arena, bytes, origin->offset, width);

	const struct report *report = report_build(call->arena, bytes, origin, &setup->report);

	if (s->canonical)
		return show_canonical(call->arena, report, width);
	return outline_build(
		call->arena, report, s->headers ? OUTLINE_HEADERS : OUTLINE_STRUCTURE, width);
}

int cmd_show(struct call *call)
{
	struct target target;
	struct setup setup = {0};
	struct output out;
	struct origin origin;
	struct span bytes;
	struct error why;

	if (one_view(call->settings, &why) != 0 || output_format(call->settings) != FORMAT_TEXT)
		return complain(NULL, "%s",
			output_format(call->settings) != FORMAT_TEXT ? "show writes text"
								     : why.text);
	if (target_parse(call->arena, call->arg[0], &target, &why) != 0 ||
		target_read(call->arena, &target, &bytes, &origin, &why) != 0 ||
		setup_open(&setup, call, REPAIR_OFF, &why) != 0 ||
		output_open(&out, call->settings, !call->settings->raw, &why) != 0)
		return complain(NULL, "%s", why.text);
	if (call->settings->raw && out.terminal && !call->settings->force)
		return complain(NULL, "--raw to a terminal needs --force: the bytes of a message "
				      "can take it over");
	if (call->settings->raw)
		buffer_span(&out.buffer, bytes);
	else
		outline_write(&out.buffer, view_of(call, &setup, bytes, &origin, out.width),
			out.width, out.color);
	if (output_close(&out, &why) != 0 || setup_close(&setup, &why) != 0)
		return complain(NULL, "%s", why.text);
	return STATUS_OK;
}
