/* SPDX-License-Identifier: ISC */
/* Taking things out: messages as .eml, .mbox, records, rows or a text report; parts as their bytes; a pipe to a command. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/base/printable.h"
#include "tui/app.h"
#include "tui/screen.h"

struct saving {
	struct app *app;
	FILE *out;
	char *file;
	int64_t *id;
	size_t count, saved;
	struct arena *arena;
	struct error why;
};

/* Never over what is there: evidence is not replaced by accident. */
static FILE *create(const char *file, struct error *reterr)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");

	if (!out)
		error_errno(reterr, "cannot write '%s'", file);
	return out;
}

static bool ends(const char *file, const char *suffix)
{
	return span_iends(span_of(file), suffix);
}

struct span work_bytes(const struct app *app)
{
	const struct opened *o = app->depth ? app->opened[app->depth - 1] : app->preview;
	const struct tab *t = o ? &o->tab[o->current] : NULL;
	const struct row *row;

	if (app->view == VIEW_BYTES)
		return app->bytes.data;
	if (!o || !o->report)
		return SPAN_NONE;
	row = app->view == VIEW_MESSAGE && t->outline && t->cursor < t->outline->count ? &t->outline->row[t->cursor] : NULL;
	if (row && row->target == ROW_PART && o->report->evidence.mime && row->index < o->report->evidence.mime->count &&
		!o->report->evidence.mime->part[row->index].is_multipart)
		return part_decoded(o->report->evidence.arena, o->report->evidence.mime,
			&o->report->evidence.mime->part[row->index]);
	return o->raw;
}

static int save_bytes(struct saving *s, struct span bytes)
{
	return fwrite(bytes.ptr, 1, bytes.len, s->out) == bytes.len ? 0 : error_errno(&s->why, "cannot write '%s'", s->file);
}

static int read_message(struct saving *s, int64_t id, uint8_t **ret, size_t *ret_len, bool *ret_from_mbox)
{
	struct origin origin;

	if (case_location(s->app->file, s->arena, id, 0, &origin, &s->why) != 1)
		return error_set(&s->why, ERROR_FORMAT, "the case has no place of message %" PRId64, id);
	*ret_from_mbox = origin.kind == SOURCE_MBOX;
	return source_read(origin.source, origin.member, origin.offset, origin.length, ret, ret_len, &s->why);
}

/*
 * mboxrd: a separator, one more '>' before each line />*From /, an empty line behind. What comes from an mbox has its '>'
 * already: messages are kept as they are stored.
 */
static int save_mbox(struct saving *s, struct span raw, bool from_mbox)
{
	struct span rest = raw;

	fputs("From mailcheck@localhost Thu Jan  1 00:00:00 1970\n", s->out);
	while (rest.len) {
		struct span line = span_line(&rest, NULL), text = line;

		while (text.len && text.ptr[0] == '>')
			text = span_skip(text, 1);
		if (span_starts(text, "From ") && !from_mbox)
			fputc('>', s->out);
		fwrite(line.ptr, 1, line.len, s->out);
	}
	if (raw.len && raw.ptr[raw.len - 1] != '\n')
		fputc('\n', s->out);
	fputc('\n', s->out);
	return 0;
}

static int save_text(struct saving *s, int64_t id)
{
	struct opened *o = opened_case(s->app, id);
	struct buffer b = BUFFER_INIT;

	if (o->report) {
		outline_write(&b, outline_build(o->arena, o->report, OUTLINE_ALL, 100), 100, false);
		buffer_char(&b, '\n');
	} else {
		printable_add(&b, span_of(o->trouble), 0);
		buffer_char(&b, '\n');
	}
	fwrite(b.ptr, 1, b.len, s->out);
	buffer_release(&b);
	opened_free(o);
	return 0;
}

/* What a message says is made printable first; then the guard against formulas, then the quotes (RFC 4180). */
static void csv_cell(struct saving *s, const char *text, const char *end)
{
	const char *shown = text ? printable_str(s->arena, text) : "";

	fputs(*shown && strchr("=+-@", *shown) ? "\"'" : "\"", s->out);
	for (; *shown; shown++) {
		if (*shown == '"')
			fputc('"', s->out);
		fputc(*shown, s->out);
	}
	fputc('"', s->out);
	fputs(end, s->out);
}

static int save_csv(struct saving *s, int64_t id)
{
	struct case_row r;

	if (case_row(s->app->file, s->arena, id, &r, &s->why) != 1)
		return -1;
	csv_cell(s, severity_word(r.severity), ",");
	csv_cell(s, author_word(r.author), ",");
	csv_cell(s, result_word(r.dkim), ",");
	csv_cell(s, result_word(r.spf), ",");
	csv_cell(s, result_word(r.dmarc), ",");
	csv_cell(s, moment_text(s->arena, r.date), ",");
	csv_cell(s, r.from, ",");
	csv_cell(s, r.subject, ",");
	csv_cell(s, r.code, ",");
	csv_cell(s, r.tags, ",");
	csv_cell(s, case_note(s->app->file, s->arena, id), "\r\n");
	return 0;
}

static int save_one(struct saving *s, int64_t id)
{
	const char *record;
	uint8_t *raw = NULL;
	size_t len = 0;
	bool from_mbox = false;
	int rc;

	if (ends(s->file, ".csv"))
		return save_csv(s, id);
	if (ends(s->file, ".txt"))
		return save_text(s, id);
	if (ends(s->file, ".ndjson") || ends(s->file, ".json")) {
		record = case_record(s->app->file, s->arena, id);
		return record && fputs(record, s->out) >= 0 ? 0 : error_set(&s->why, ERROR_FORMAT, "no record of %" PRId64, id);
	}
	rc = read_message(s, id, &raw, &len, &from_mbox);
	if (rc == 0)
		rc = ends(s->file, ".mbox") ? save_mbox(s, span_make(raw, len), from_mbox) : save_bytes(s, span_make(raw, len));
	free(raw);
	return rc;
}

static void release(struct saving *s)
{
	arena_free(s->arena);
	free(s->file);
	free(s->id);
	free(s);
}

static void finish(struct app *app, int rc)
{
	struct saving *s = app->saving;

	if ((ferror(s->out) | fclose(s->out)) != 0 && rc == 0)
		rc = error_errno(&s->why, "cannot write '%s'", s->file);
	if (rc)
		app_status(app, "%s", s->why.text);
	else
		app_status(app, "saved %zu message%s to %s%s", s->saved, s->saved == 1 ? "" : "s", s->file,
			s->saved < s->count ? "; stopped" : "");
	release(s);
	app->saving = NULL;
}

void work_save_stop(struct app *app)
{
	if (app->saving)
		finish(app, 0);
}

/* A text report is made anew, which takes a hundred times as long as a row. */
bool work_save_step(struct app *app)
{
	struct saving *s = app->saving;
	size_t until;
	int rc = 0;

	if (!s)
		return false;
	until = s->saved + (ends(s->file, ".txt") ? 1 : 100);
	for (; s->saved < s->count && s->saved < until && rc == 0; s->saved += rc == 0) {
		rc = save_one(s, s->id[s->saved]);
		arena_reset(s->arena);
	}
	if (rc || s->saved == s->count)
		finish(app, rc);
	else
		app_status(app, "saving %zu of %zu to %s; z stops", s->saved, s->count, s->file);
	return true;
}

static bool holds_many(const char *file)
{
	return ends(file, ".csv") || ends(file, ".txt") || ends(file, ".json") || ends(file, ".ndjson") || ends(file, ".mbox");
}

static void save_messages(struct app *app, const char *file)
{
	struct saving *s = calloc(1, sizeof *s);

	if (!s || !(s->file = strdup(file)))
		abort();
	s->app = app;
	s->arena = arena_new();
	s->id = work_ids(app, &s->count);
	if (app->saving)
		app_status(app, "the messages before are still being saved");
	else if (s->count > 1 && !holds_many(file))
		app_status(app, "%zu messages are marked: save them as .mbox, .ndjson, .csv or .txt", s->count);
	else if (s->count && !(s->out = create(file, &s->why)))
		app_status(app, "%s", s->why.text);
	if (!s->out) {
		release(s);
		return;
	}
	if (ends(file, ".csv"))
		fputs("severity,author,dkim,spf,dmarc,date,from,subject,code,tags,note\r\n", s->out);
	app->saving = s;
	work_save_step(app);
}

static void save_part(struct app *app, struct span bytes, const char *file)
{
	char name[PROMPT_SIZE];
	struct saving s = { .app = app, .file = name };
	int rc;

	snprintf(name, sizeof name, "%s", file);
	s.out = create(file, &s.why);
	rc = s.out ? save_bytes(&s, bytes) : -1;
	if (s.out && fclose(s.out) != 0 && rc == 0)
		rc = error_errno(&s.why, "cannot write '%s'", file);
	if (rc)
		app_status(app, "%s", s.why.text);
	else
		app_status(app, "saved %zu bytes to %s; nothing was opened", bytes.len, file);
}

void work_save(struct app *app, const char *file)
{
	struct span bytes = work_bytes(app);
	bool part = app->view == VIEW_BYTES ? !app->bytes.is_raw : app->view == VIEW_MESSAGE && app->depth &&
				    (bytes.ptr != app_message(app)->raw.ptr || app->depth > 1);

	if (!*file)
		return;
	if (app->keep_case) {
		free(app->private_case);
		app->private_case = strdup(file);
		app->quit = true;
	} else if (part) {
		save_part(app, bytes, file);
	} else {
		save_messages(app, file);
	}
}

/* The bytes go to the command's standard input; its output stands on the plain screen until a key is pressed. */
void work_pipe(struct app *app, const char *command)
{
	struct span bytes = work_bytes(app);
	FILE *pipe_to;
	int status = -1;

	if (!*command || !bytes.ptr)
		return;
	screen_leave();
	fflush(NULL);
	pipe_to = popen(command, "w");
	if (pipe_to) {
		fwrite(bytes.ptr, 1, bytes.len, pipe_to);
		status = pclose(pipe_to);
	}
	fputs("\n[press Enter] ", stdout);
	fflush(stdout);
	for (int c = getchar(); c != '\n' && c != '\r' && c != EOF;)
		c = getchar();
	screen_return();
	if (status == -1)
		app_status(app, "the command could not be run");
	else
		app_status(app, "the command ended with %d", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
