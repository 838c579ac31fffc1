/* SPDX-License-Identifier: ISC */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "parsers/case/channel.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int channel_open(struct channel *ret_parent, struct channel *ret_worker, struct error *reterr)
{
	void *memory = mmap(NULL, (size_t)CHANNEL_CHUNK * CHANNEL_CHUNKS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	int side[2];

	if (memory == MAP_FAILED)
		return error_errno(reterr, "cannot share memory with a worker");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, side)) {
		error_errno(reterr, "cannot make a socket pair");
		munmap(memory, (size_t)CHANNEL_CHUNK * CHANNEL_CHUNKS);
		return -1;
	}
	*ret_parent = (struct channel){ .memory = memory, .fd = side[0] };
	*ret_worker = (struct channel){ .memory = memory, .fd = side[1], .free = CHANNEL_CHUNKS };
	return 0;
}

void channel_close(struct channel *c)
{
	close(c->fd);
	munmap(c->memory, (size_t)CHANNEL_CHUNK * CHANNEL_CHUNKS);
}

static uint8_t *chunk(const struct channel *c)
{
	return c->memory + (size_t)c->at * CHANNEL_CHUNK;
}

static void step(struct channel *c)
{
	c->at = (c->at + 1) % CHANNEL_CHUNKS;
}

/* Up to LEN bytes of what the other side says; at least LEAST, or 0 at its end. */
static size_t hear(int fd, void *to, size_t least, size_t len)
{
	size_t got = 0;

	while (got < least) {
		ssize_t n = recv(fd, (uint8_t *)to + got, len - got, 0);

		if (n > 0)
			got += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return 0;
	}
	return got;
}

/* So little fits always. */
static int say(int fd, const void *p, size_t len)
{
	ssize_t n;

	do
		n = send(fd, p, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len ? 0 : -1;
}

int channel_send(struct channel *c, struct span bytes)
{
	uint8_t done[CHANNEL_CHUNKS];

	while (bytes.len) {
		struct span part = span_sub(bytes, 0, CHANNEL_CHUNK);
		uint32_t len = (uint32_t)part.len;

		if (c->free == 0)
			c->free = (unsigned)hear(c->fd, done, 1, sizeof done);
		if (c->free == 0)
			return -1;
		memcpy(chunk(c), part.ptr, part.len);
		if (say(c->fd, &len, sizeof len))
			return -1;
		c->free--;
		step(c);
		bytes = span_skip(bytes, part.len);
	}
	return 0;
}

int channel_receive(struct channel *c, struct span *ret)
{
	uint32_t len;

	if (!hear(c->fd, &len, sizeof len, sizeof len) || len > CHANNEL_CHUNK)
		return 0;
	*ret = span_make(chunk(c), len);
	return 1;
}

void channel_done(struct channel *c)
{
	step(c);
	say(c->fd, "", 1);
}
