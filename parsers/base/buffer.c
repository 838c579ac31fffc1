/* SPDX-License-Identifier: ISC */
#include "parsers/base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

void buffer_release(struct buffer *b)
{
	free(b->ptr);
	*b = BUFFER_INIT;
}

void buffer_reserve(struct buffer *b, size_t more)
{
	size_t need = b->len + more + 1;

	if (need <= b->room)
		return;
	if (need < more)
		abort();

	size_t room = b->room ? b->room : 256;

	while (room < need)
		room = room > SIZE_MAX / 2 ? need : room * 2;
	b->ptr = realloc(b->ptr, room);
	if (!b->ptr) {
		fputs("mailcheck: out of memory\n", stderr);
		abort();
	}
	b->room = room;
}

void buffer_add(struct buffer *b, const void *p, size_t len)
{
	if (len >= b->room - b->len)
		buffer_reserve(b, len);
	if (len)
		memcpy(b->ptr + b->len, p, len);
	b->len += len;
	b->ptr[b->len] = 0;
}

void buffer_span(struct buffer *b, struct span s)
{
	buffer_add(b, s.ptr, s.len);
}

void buffer_str(struct buffer *b, const char *s)
{
	buffer_add(b, s, strlen(s));
}

void buffer_char(struct buffer *b, char c)
{
	if (b->room - b->len < 2)
		buffer_reserve(b, 1);
	b->ptr[b->len++] = (uint8_t)c;
	b->ptr[b->len] = 0;
}

void buffer_fill(struct buffer *b, char c, size_t count)
{
	buffer_reserve(b, count);
	memset(b->ptr + b->len, c, count);
	b->len += count;
	b->ptr[b->len] = 0;
}

void buffer_vprintf(struct buffer *b, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);

	int len = vsnprintf(NULL, 0, fmt, ap);

	if (len > 0) {
		buffer_reserve(b, (size_t)len);
		vsnprintf((char *)b->ptr + b->len, (size_t)len + 1, fmt, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void buffer_printf(struct buffer *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(b, fmt, ap);
	va_end(ap);
}

const char *buffer_text(const struct buffer *b)
{
	return b->len ? (const char *)b->ptr : "";
}
