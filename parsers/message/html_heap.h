/* SPDX-License-Identifier: ISC */
/*
 * The parser's memory: counted, so that no input makes it grow without limit, and freed without the
 * parser's own recursion.
 */
#ifndef PARSERS_MESSAGE_HTML_HEAP_H
#define PARSERS_MESSAGE_HTML_HEAP_H

#include <setjmp.h>
#include <stddef.h>

struct chunk {
	struct chunk *prev, *next;
	size_t size;
};

struct heap {
	struct chunk head;
	size_t used;
	jmp_buf full; /* where an allocation beyond the limit jumps to */
};

void heap_init(struct heap *);
void heap_release(struct heap *);
/* Of the parser's options; USERDATA is the heap. */
void *heap_alloc(void *userdata, size_t size);
void heap_free(void *userdata, void *ptr);

#endif
