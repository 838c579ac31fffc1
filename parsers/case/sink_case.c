/* SPDX-License-Identifier: ISC */
/* A scan's results as a case: rows and the sources' positions in one transaction. */
#include <stdlib.h>

#include "parsers/case/scan.h"

enum { COMMIT_ROWS = 20000 };

bool sink_is_stream(const struct plan_entry *entry)
{
	return strcmp(entry->source, "-") == 0;
}

uint64_t sink_grown_from(const struct plan_entry *entry, uint64_t old_size)
{
	return entry->size > old_size && source_is_mbox_at(entry->source, old_size) ? old_size : 0;
}

struct case_sink {
	struct scan_sink sink;
	struct case_file *file;
	int64_t source; /* id of the source written last */
	char *source_path;
	unsigned rows;
	const volatile sig_atomic_t *stop;
	bool open;  /* a transaction is */
	bool fresh; /* the case was empty, and may have its indexes kept back */
	bool begun; /* a first transaction */
};

static void case_render(struct scan_sink *sink, struct buffer *b, const struct report *r)
{
	(void)sink;
	case_encode(b, r);
}

static void case_render_error(struct scan_sink *sink, struct buffer *b, const struct origin *origin,
	const struct error *error)
{
	(void)sink;
	case_encode_error(b, origin, error);
}

/* Whatever else of a message is in the case already when a copy comes. */
static struct span case_keep(
	struct scan_sink *sink, struct buffer *b, const struct report *r, struct span record)
{
	(void)sink;
	(void)record;
	case_encode_hashes(b, r);
	return buffer_view(b);
}

static void case_again(
	struct scan_sink *sink, struct buffer *b, struct span kept, const struct origin *origin)
{
	(void)sink;
	case_encode_copy(b, origin, kept);
}

/* A run that is not over with its first transaction is a long one. */
static int ensure_open(struct case_sink *s, struct error *reterr)
{
	if (s->open)
		return 0;
	s->open = true;
	if (case_begin(s->file, reterr))
		return -1;
	if (s->fresh && s->begun) {
		s->fresh = false;
		return case_indexes_defer(s->file, reterr);
	}
	s->begun = true;
	return 0;
}

/* The id of the source's row, made where it is not there yet. */
static int select_source(struct case_sink *s, const struct plan_entry *entry, struct error *reterr)
{
	struct case_source row;
	int rc;

	if (s->source_path && strcmp(s->source_path, entry->source) == 0)
		return 0;
	rc = case_source_get(s->file, entry->source, &row, reterr);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		row = (struct case_source){.size = entry->size, .mtime_ns = entry->mtime_ns};
		if (case_source_put(s->file, entry->source, &row, reterr))
			return -1;
	}
	free(s->source_path);
	s->source_path = strdup(entry->source);
	s->source = row.id;
	return 0;
}

static int case_sink_write(struct scan_sink *sink, const struct plan_entry *entry, struct span record,
	bool is_error, struct error *reterr)
{
	struct case_sink *s = (struct case_sink *)sink;

	(void)is_error;
	s->rows++;
	return ensure_open(s, reterr) || select_source(s, entry, reterr) ||
			       case_store(s->file, s->source, record, reterr)
		       ? -1
		       : 0;
}

static int case_sink_begin(struct scan_sink *sink, const struct plan_entry *entry, uint64_t *ret_from,
	struct error *reterr)
{
	struct case_sink *s = (struct case_sink *)sink;
	struct origin place = { .member = entry->member, .offset = entry->from, .length = entry->to - entry->from };
	struct case_source row;
	int rc = case_source_get(s->file, entry->source, &row, reterr);

	*ret_from = 0;
	if (rc <= 0)
		return rc < 0 ? -1 : 1;
	if (entry->exact) {
		rc = case_has_place(s->file, row.id, &place, reterr);
		return rc < 0 ? -1 : !rc;
	}
	if (row.size == entry->size && row.mtime_ns == entry->mtime_ns) {
		*ret_from = row.state != 2 ? row.position : 0;
		return row.state != 2 || sink_is_stream(entry);
	}
	*ret_from = row.state == 2 ? sink_grown_from(entry, row.size) : 0;
	if (*ret_from == 0 &&
		(ensure_open(s, reterr) || case_source_forget(s->file, row.id, reterr)))
		return -1;
	return 1;
}

static int case_sink_reached(struct scan_sink *sink, const struct plan_entry *entry,
	uint64_t position, bool done, struct error *reterr)
{
	struct case_sink *s = (struct case_sink *)sink;
	struct case_source row = {.size = entry->size,
		.position = position,
		.mtime_ns = entry->mtime_ns,
		.state = done ? 2 : 1};

	if (ensure_open(s, reterr) || select_source(s, entry, reterr))
		return -1;
	if (entry->exact) /* says nothing of its file */
		return 0;
	row.id = s->source;
	if (case_source_put(s->file, entry->source, &row, reterr))
		return -1;
	return s->rows >= COMMIT_ROWS ? s->sink.checkpoint(sink, reterr) : 0;
}

static int case_sink_checkpoint(struct scan_sink *sink, struct error *reterr)
{
	struct case_sink *s = (struct case_sink *)sink;

	if (!s->open)
		return 0;
	s->open = false;
	s->rows = 0;
	return case_commit(s->file, reterr);
}

static int told_to_stop(void *sink)
{
	const struct case_sink *s = sink;

	return s->stop && *s->stop;
}

/* Stopped while the indexes are made, the run is not over: the same command makes the rest. */
static int case_sink_finish(struct scan_sink *sink, bool complete, struct error *reterr)
{
	struct case_sink *s = (struct case_sink *)sink;
	int rc;

	if (!complete)
		return case_rollback(s->file, reterr);
	if (case_sink_checkpoint(sink, reterr))
		return -1;
	case_stop_when(s->file, told_to_stop, s);
	rc = case_indexes_make(s->file, reterr);
	case_stop_when(s->file, NULL, NULL);
	if (rc && told_to_stop(s))
		return case_rollback(s->file, reterr) ? -1 : 1;
	return rc || case_run_finish(s->file, true, reterr) ? -1 : 0;
}

static void case_sink_free(struct scan_sink *sink)
{
	struct case_sink *s = (struct case_sink *)sink;

	case_free(s->file);
	free(s->source_path);
	free(s);
}

struct scan_sink *sink_case(const char *file, const struct sink_case_options *options, struct error *reterr)
{
	struct case_sink *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->sink = (struct scan_sink){case_render, case_render_error, case_keep, case_again,
		case_sink_write, case_sink_begin, case_sink_reached, case_sink_checkpoint,
		case_sink_finish, case_sink_free};
	s->file = case_open(file, CASE_CREATE, reterr);
	if (!s->file || case_run(s->file, options->run, reterr)) {
		case_sink_free(&s->sink);
		return NULL;
	}
	s->fresh = !options->asked && case_last(s->file) == 0;
	s->stop = options->stop;
	return &s->sink;
}
