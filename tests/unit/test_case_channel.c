/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/case/channel.h"

enum { TOTAL = 23 * CHANNEL_CHUNK + 17 };

/* The byte at I of what is sent: no period that a chunk has. */
static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i % 251 ^ i >> 16);
}

/* A child that sends pieces of every length there is up to more than a chunk; its end is the test's. */
static pid_t start_sender(struct channel *ret_parent, int limit)
{
	struct channel worker;
	pid_t pid;

	assert_int_equal(channel_open(ret_parent, &worker, NULL), 0);
	pid = fork();
	if (pid == 0) {
		uint8_t *bytes = malloc(TOTAL);
		int status = 0;

		close(ret_parent->fd);
		for (size_t i = 0; i < TOTAL; i++)
			bytes[i] = byte_at(i);
		for (size_t at = 0, len = 1; at < TOTAL && limit-- != 0 && status == 0; at += len, len = len * 3 % (2 * CHANNEL_CHUNK)) {
			len = len < TOTAL - at ? len : TOTAL - at;
			status = channel_send(&worker, span_make(bytes + at, len));
		}
		_exit(status ? 1 : 0);
	}
	close(worker.fd);
	return pid;
}

static int end_of(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

static void brings_what_was_sent(void **state)
{
	struct channel c;
	pid_t pid = start_sender(&c, -1);
	struct span got;
	size_t at = 0, wrong = 0;

	(void)state;
	while (channel_receive(&c, &got)) {
		for (size_t i = 0; i < got.len; i++)
			wrong += got.ptr[i] != byte_at(at + i);
		at += got.len;
		channel_done(&c);
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(at, TOTAL);
	assert_int_equal(end_of(pid), 0);
	channel_close(&c);
}

/* A worker that is far ahead waits, and does not write where the parent still reads. */
static void waits_for_the_parent(void **state)
{
	struct channel c;
	pid_t pid = start_sender(&c, -1);
	struct span first;
	int status;

	(void)state;
	assert_true(channel_receive(&c, &first));
	assert_int_equal(first.len, 1);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	assert_int_equal(*first.ptr, byte_at(0));
	channel_close(&c); /* the parent goes: the worker's next try says so */
	status = end_of(pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

/* What was sent before a worker's end is there after it. */
static void brings_what_a_dead_worker_sent(void **state)
{
	struct channel c;
	pid_t pid = start_sender(&c, 2);
	struct span got;

	(void)state;
	assert_int_equal(end_of(pid), 0);
	assert_true(channel_receive(&c, &got));
	assert_int_equal(got.len, 1);
	channel_done(&c);
	assert_true(channel_receive(&c, &got));
	assert_int_equal(got.len, 3);
	assert_int_equal(*got.ptr, byte_at(1));
	channel_done(&c);
	assert_false(channel_receive(&c, &got));
	channel_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(brings_what_was_sent),
		cmocka_unit_test(waits_for_the_parent),
		cmocka_unit_test(brings_what_a_dead_worker_sent),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
