/* SPDX-License-Identifier: ISC */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 100, WIDTH_LEAST = 40, WIDTH_MOST = 1000 };

enum format output_format(const struct settings *settings)
{
	const char *dot = settings->output ? strrchr(settings->output, '.') : NULL;

	if (settings->format)
		return (enum format)settings->format;
	if (dot && strcmp(dot, ".ndjson") == 0)
		return FORMAT_NDJSON;
	if (dot && strcmp(dot, ".json") == 0)
		return FORMAT_JSON;
	if (dot && strcmp(dot, ".csv") == 0)
		return FORMAT_CSV;
	return FORMAT_TEXT;
}

unsigned output_columns(const struct settings *settings, int fd, bool terminal)
{
	struct winsize size;
	uint64_t width = settings->width;

	if (!width && terminal && ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (!width)
		width = WIDTH_DEFAULT;
	return width < WIDTH_LEAST  ? WIDTH_LEAST
	       : width > WIDTH_MOST ? WIDTH_MOST
				    : (unsigned)width;
}

static bool wants_color(const struct settings *settings, bool terminal)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (settings->color == COLOR_ALWAYS || settings->color == COLOR_NEVER)
		return settings->color == COLOR_ALWAYS;
	return terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

/* Runs $MAILCHECK_PAGER, $PAGER or less with its input from the pipe that it returns; -1 where that
 * can't be done. */
static int start_pager(struct output *out)
{
	const char *command = getenv("MAILCHECK_PAGER");
	int pipe_fd[2];

	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = "less";
	if (!*command || strcmp(command, "cat") == 0 || pipe(pipe_fd) != 0)
		return -1;
	setenv("LESS", "FRX", 0);
	setenv("LESSSECURE", "1", 0);

	pid_t pid = fork();

	if (pid < 0) {
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		return -1;
	}
	if (pid == 0) {
		dup2(pipe_fd[0], STDIN_FILENO);
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(pipe_fd[0]);
	fcntl(pipe_fd[1], F_SETFD, FD_CLOEXEC);
	out->pager = pid;
	signal(SIGPIPE, SIG_IGN);
	return pipe_fd[1];
}

int output_open(
	struct output *out, const struct settings *settings, bool text, struct error *reterr)
{
	*out = (struct output){.fd = STDOUT_FILENO, .name = "standard output"};
	if (settings->output && strcmp(settings->output, "-") != 0) {
		out->fd = open(settings->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (out->fd < 0)
			return error_errno(reterr, "cannot write '%s'", settings->output);
		out->name = settings->output;
		out->close_fd = true;
	}
	out->terminal = isatty(out->fd) == 1;
	out->width = output_columns(settings, out->fd, out->terminal);
	out->color = wants_color(settings, out->terminal);
	if (text && out->terminal && !settings->no_pager && !settings->quiet) {
		const char *term = getenv("TERM");
		int fd = term && strcmp(term, "dumb") != 0 ? start_pager(out) : -1;

		if (fd >= 0) {
			out->fd = fd;
			out->close_fd = true;
		}
	}
	return 0;
}

void output_flush(struct output *out)
{
	size_t done = 0;

	while (!out->failed && done < out->buffer.len) {
		ssize_t n = write(out->fd, out->buffer.ptr + done, out->buffer.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			out->failed = true;
			out->saved_errno = errno;
			break;
		}
		done += (size_t)n;
	}
	buffer_clear(&out->buffer);
}

int output_close(struct output *out, struct error *reterr)
{
	output_flush(out);
	if (out->close_fd && close(out->fd) != 0 && !out->failed) {
		out->failed = true;
		out->saved_errno = errno;
	}
	if (out->pager) {
		while (waitpid((pid_t)out->pager, NULL, 0) < 0 && errno == EINTR)
			;
		/* Who quits the pager early has seen what he wanted. */
		if (out->failed && out->saved_errno == EPIPE)
			out->failed = false;
	}
	buffer_release(&out->buffer);
	if (!out->failed)
		return 0;
	errno = out->saved_errno;
	return error_errno(reterr, "cannot write to %s", out->name);
}
