/* SPDX-License-Identifier: ISC */
#include "parsers/message/html_heap.h"

#include <stdlib.h>

#define HEAP_LIMIT ((size_t)256 * 1024 * 1024)

/* The header before each block keeps what follows aligned for any type. */
#define CHUNK_HEADER \
	((sizeof(struct chunk) + sizeof(max_align_t) - 1) / sizeof(max_align_t) * \
		sizeof(max_align_t))

void *heap_alloc(void *userdata, size_t size)
{
	struct heap *heap = userdata;
	struct chunk *chunk = heap->used + size > HEAP_LIMIT ? NULL : malloc(CHUNK_HEADER + size);

	if (!chunk)
		longjmp(heap->full, 1);
	heap->used += size + CHUNK_HEADER;
	*chunk = (struct chunk){.prev = &heap->head, .next = heap->head.next, .size = size};
	chunk->next->prev = chunk;
	heap->head.next = chunk;
	return (char *)chunk + CHUNK_HEADER;
}

static void heap_drop(struct heap *heap, struct chunk *chunk)
{
	chunk->prev->next = chunk->next;
	chunk->next->prev = chunk->prev;
	heap->used -= chunk->size + CHUNK_HEADER;
	free(chunk);
}

void heap_free(void *userdata, void *ptr)
{
	if (ptr)
		heap_drop(userdata, (struct chunk *)(void *)((char *)ptr - CHUNK_HEADER));
}

void heap_init(struct heap *heap)
{
	heap->head = (struct chunk){.prev = &heap->head, .next = &heap->head};
	heap->used = 0;
}

void heap_release(struct heap *heap)
{
	while (heap->head.next != &heap->head)
		heap_drop(heap, heap->head.next);
}
