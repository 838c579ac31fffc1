/* SPDX-License-Identifier: ISC */
/* keys: the signing keys that a dump shows, and the recovery of those that nobody recorded. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/setup.h"
#include "parsers/base/printable.h"
#include "parsers/report/keys.h"

enum { MOST_JOBS = 64 };

struct keys {
	struct call *call;
	struct setup setup;
	struct keyring *ring;
	bool trouble;
};

/* Reads all messages; recovery wants samples, a list wants verdicts. */
static void read_all(struct keys *k, bool recover)
{
	struct source_options options = {.recurse = true};
	struct source *source = source_open(k->call->arg + 1, k->call->arg_count - 1, &options);
	struct arena *arena = arena_new();
	struct origin origin;
	struct error why;
	struct span raw;
	int got;

	while (memset(&origin, 0, sizeof origin),
		(got = source_next(source, &raw, &origin, &why)) != 0) {
		bool mbox = origin.kind == SOURCE_MBOX;

		if (got < 0) {
			complain(origin.source, "%s", why.text);
			k->trouble = true;
		} else if (recover) {
			keyring_collect(k->ring, arena, raw, mbox, k->setup.dkim);
		} else {
			keyring_check(k->ring, arena, raw, mbox, k->setup.dns, k->setup.dkim);
		}
		arena_reset(arena);
	}
	arena_free(arena);
	source_free(source);
	keyring_sort(k->ring);
}

static int list(struct keys *k)
{
	struct output out = {0};
	struct error why = {0};
	enum format format = output_format(k->call->settings);

	if (output_open(&out, k->call->settings, format == FORMAT_TEXT, &why) != 0)
		return complain(NULL, "%s", why.text);
	read_all(k, false);
	if (format == FORMAT_TEXT)
		outline_write(&out.buffer, keyring_outline(k->call->arena, k->ring, out.width),
			out.width, out.color);
	for (size_t i = 0; format != FORMAT_TEXT && i < k->ring->count; i++) {
		if (format == FORMAT_JSON)
			buffer_char(&out.buffer, i ? ',' : '[');
		keyring_json(&out.buffer, k->ring->entry[i]);
	}
	if (format == FORMAT_JSON)
		buffer_str(&out.buffer, k->ring->count ? "]\n" : "[]\n");
	output_flush(&out);
	if (output_close(&out, &why) != 0)
		return complain(NULL, "%s", why.text);
	return k->trouble ? STATUS_TROUBLE : STATUS_OK;
}

/* --- recovery: a process for each selector --- */

struct job {
	pid_t pid;
	int fd;
	size_t entry;
	struct buffer text;
};

struct recovery {
	struct keys *keys;
	FILE *file;
	bool *done; /* by entry: there is nothing to do, or it is done */
	struct job job[MOST_JOBS];
	size_t jobs, running, next;
	size_t total, finished, found;
};

/* What an earlier run wrote into the file: recovered or tried in vain. */
static void read_done(struct recovery *r, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) >= 0) {
		const char *name = strncmp(line, "; not recovered ", 16) == 0 ? line + 16 : line;
		size_t len = strcspn(name, " \n");

		if (len == 0 || name[len - 1] != '.' || *name == ';')
			continue;
		for (size_t i = 0; i < r->keys->ring->count; i++) {
			const char *known = r->keys->ring->entry[i]->name;

			if (strlen(known) == len - 1 && strncmp(known, name, len - 1) == 0)
				r->done[i] = true;
		}
	}
	free(line);
	if (file)
		fclose(file);
}

/* A key that the DNS evidence has need not be recovered. */
static bool is_recorded(struct keys *k, const char *name)
{
	struct dns_log log;

	dns_log_init(&log, k->call->arena, k->setup.dns);
	return k->setup.dns && dns_lookup(&log, name, DNS_TXT, "DKIM key")->status == DNS_FOUND;
}

static void work(const struct key_entry *entry, int fd)
{
	struct arena *arena = arena_new();
	struct key_search found = keyring_recover(arena, entry);
	struct buffer out = BUFFER_INIT;
	size_t sent = 0;

	keyring_write(&out, entry, &found);
	while (sent < out.len) {
		ssize_t n = write(fd, out.ptr + sent, out.len - sent);

		if (n < 0 && errno != EINTR)
			_exit(1);
		sent += n > 0 ? (size_t)n : 0;
	}
	_exit(0);
}

static bool start(struct recovery *r)
{
	struct keyring *ring = r->keys->ring;
	struct job *job = &r->job[r->running];
	int fd[2];

	while (r->next < ring->count && r->done[r->next])
		r->next++;
	if (r->next >= ring->count || pipe(fd) != 0)
		return false;
	fflush(NULL);
	*job = (struct job){.pid = fork(), .fd = fd[0], .entry = r->next};
	if (job->pid == 0) {
		close(fd[0]);
		work(ring->entry[r->next], fd[1]);
	}
	close(fd[1]);
	if (job->pid < 0) {
		close(fd[0]);
		return false;
	}
	r->next++;
	r->running++;
	return true;
}

static void finish(struct recovery *r, size_t n)
{
	struct job *job = &r->job[n];
	const struct key_entry *entry = r->keys->ring->entry[job->entry];
	bool found = job->text.len && job->text.ptr[1] == '@';
	int status = 0;

	close(job->fd);
	waitpid(job->pid, &status, 0);
	if (status != 0 || !job->text.len) {
		complain(entry->name, "the search ended early");
		r->keys->trouble = true;
	} else if (fwrite(job->text.ptr, 1, job->text.len, r->file) != job->text.len ||
		   fflush(r->file) != 0) {
		complain(NULL, "cannot write the keys: %s", strerror(errno));
		r->keys->trouble = true;
	}
	r->finished++;
	r->found += found;
	if (!r->keys->call->settings->quiet) {
		struct buffer name = BUFFER_INIT; /* a signature says it, so it may hold anything */

		printable_add(&name, span_of(entry->name), 0);
		fprintf(stderr, "%zu of %zu: %s %s (%llu signatures)\n", r->finished, r->total,
			buffer_text(&name), found ? "recovered" : "not recovered",
			(unsigned long long)entry->signatures);
		buffer_release(&name);
	}
	buffer_release(&job->text);
	r->job[n] = r->job[--r->running];
}

static void collect(struct recovery *r)
{
	struct pollfd fd[MOST_JOBS];
	char text[4096];

	for (size_t i = 0; i < r->running; i++)
		fd[i] = (struct pollfd){.fd = r->job[i].fd, .events = POLLIN};
	if (poll(fd, (nfds_t)r->running, -1) < 0)
		return;
	for (size_t i = r->running; i-- > 0;) {
		ssize_t got;

		if (!fd[i].revents)
			continue;
		got = read(fd[i].fd, text, sizeof text);
		if (got > 0)
			buffer_add(&r->job[i].text, text, (size_t)got);
		else if (got == 0 || errno != EINTR)
			finish(r, i);
	}
}

static void prepare(struct recovery *r, const char *path)
{
	struct keyring *ring = r->keys->ring;

	r->done = arena_alloc(r->keys->call->arena, ring->count + 1);
	read_done(r, path);
	for (size_t i = 0; i < ring->count; i++) {
		r->done[i] |= ring->entry[i]->sample_count < 2 ||
			      is_recorded(r->keys, ring->entry[i]->name);
		r->total += !r->done[i];
	}
}

static int recover(struct keys *k)
{
	const struct settings *s = k->call->settings;
	struct recovery *r = arena_alloc(k->call->arena, sizeof *r);

	if (!recover_available())
		return complain(NULL, "keys recover needs GMP, which this build is without");
	if (!s->output)
		return complain(NULL, "keys recover needs --output FILE");
	r->keys = k;
	r->jobs = s->jobs ? s->jobs : 1;
	if (r->jobs > MOST_JOBS)
		r->jobs = MOST_JOBS;
	read_all(k, true);
	prepare(r, s->output);
	r->file = fopen(s->output, "a");
	if (!r->file)
		return complain(s->output, "%s", strerror(errno));
	for (;;) {
		while (r->running < r->jobs && start(r))
			;
		if (!r->running)
			break;
		collect(r);
	}
	if (fclose(r->file) != 0)
		k->trouble = true;
	printf("%zu of %zu selectors with two signatures or more gave a key. Such a key proves "
	       "that one holder made these\n"
	       "signatures; that it was the domain's own is not shown.\n",
		r->found, r->total);
	return k->trouble ? STATUS_TROUBLE : STATUS_OK;
}

int cmd_keys(struct call *call)
{
	static const struct {
		const char *name;
		int (*run)(struct keys *);
	} words[] = {{"list", list}, {"recover", recover}};
	struct keys k = {.call = call};
	struct error why = {0};
	int status = -1;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(call->arg[0], words[i].name) == 0) {
			if (setup_open(&k.setup, call, REPAIR_OFF, &why) != 0)
				return complain(NULL, "%s", why.text);
			k.ring = keyring_new();
			status = words[i].run(&k);
			keyring_free(k.ring);
			if (setup_close(&k.setup, &why) != 0)
				status = complain(NULL, "%s", why.text);
		}
	return status >= 0 ? status : complain(NULL, "keys '%s': list or recover", call->arg[0]);
}
