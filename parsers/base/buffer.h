/* SPDX-License-Identifier: ISC */
/* struct buffer: bytes that grow, on the heap. Ends the process where there is no memory (see arena.h). */
#ifndef PARSERS_BASE_BUFFER_H
#define PARSERS_BASE_BUFFER_H

#include <stdarg.h>

#include "parsers/base/arena.h"
#include "parsers/base/span.h"

struct buffer {
	uint8_t *ptr; /* always followed by a NUL once something was added */
	size_t len, room;
};

#define BUFFER_INIT ((struct buffer){ NULL, 0, 0 })

void buffer_release(struct buffer *);
static inline void buffer_clear(struct buffer *b)
{
	b->len = 0;
}
void buffer_reserve(struct buffer *, size_t more);
void buffer_add(struct buffer *, const void *, size_t);
void buffer_span(struct buffer *, struct span);
void buffer_str(struct buffer *, const char *);
void buffer_char(struct buffer *, char);
void buffer_fill(struct buffer *, char, size_t count);
void buffer_printf(struct buffer *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));
static inline struct span buffer_view(const struct buffer *b)
{
	return (struct span){ b->ptr, b->len };
}
/* The content as a string, "" where empty; valid until the next change. */
const char *buffer_text(const struct buffer *);

#endif
