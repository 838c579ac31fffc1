/* SPDX-License-Identifier: ISC */
/*
 * struct source: files, mboxes, Maildirs, directories, archives and standard input as one stream of raw messages, in a
 * fixed order (directories sorted by bytes). Every message comes out exactly once; what can't be read comes out as an
 * origin with an error, so that no input is lost silently.
 */
#ifndef PARSERS_MESSAGE_SOURCE_H
#define PARSERS_MESSAGE_SOURCE_H

#include "parsers/base/arena.h"
#include "parsers/base/error.h"
#include "parsers/message/message.h"

enum source_kind { SOURCE_EML, SOURCE_MBOX, SOURCE_ARCHIVE, SOURCE_STREAM, SOURCE_EMLX };

struct origin {
	const char *source; /* the file as named on the call or found below a directory; "-" is standard input */
	const char *member; /* inside an archive or compressed file, or NULL; ends in "part N" where enclosed (enclosed.h) */
	uint64_t offset;    /* of the message in the (uncompressed) source; after the mbox separator line */
	uint64_t length;    /* as stored, without the blank line that an mbox puts after a message */
	struct span separator; /* the mbox From_ line, without its end; valid as long as the message; or none */
	enum source_kind kind;
	/* The message came inside another one: its part's path there; how its bytes come out of the place (NULL: as they are);
	 * the member of an archive that the outermost one is, or NULL. */
	const char *enclosed, *coding, *archive_member;
};

struct source_options {
	bool recurse;	 /* directories are walked; otherwise they are an error that says to use scan */
	uint64_t max_message; /* bytes; 0: SOURCE_MAX_MESSAGE */
};

#define SOURCE_MAX_MESSAGE ((uint64_t)1 << 30)
#define SOURCE_MAX_MEMBER ((uint64_t)256 << 30) /* decompressed bytes of one archive member */
enum { SOURCE_MAX_RATIO = 1000, SOURCE_MAX_ARCHIVE_DEPTH = 2 };

struct source;

/* PATHS are borrowed for the life of the source. Never touches a path before it is its turn. */
struct source *source_open(const char *const *paths, size_t count, const struct source_options *);
void source_free(struct source *);
/*
 * The next message: 1 with its bytes (owned by the source, valid until the next call); 0 at the end; -1 for one input that
 * could not be read: *RET names it as far as known, *RETERR says why, and the stream goes on with the next call.
 */
int source_next(struct source *, struct span *ret_raw, struct origin *ret, struct error *reterr);

/*
 * One file (never a directory) as a source of its own, only the messages that start in [FROM, TO) of it: for workers that share
 * one large mbox, for shards and for going on where a run stopped. A start inside a message is no start: the scanner looks back
 * far enough to tell. FROM 0 and TO UINT64_MAX is the whole file. For a file that is no mbox the one message starts at 0; the
 * members of an archive all count as starting at 0. source_next() as above.
 */
struct source *source_open_range(const char *path, uint64_t from, uint64_t to, const struct source_options *);

/*
 * struct walk: the files below PATHS in the order that source_open() reads them, without opening them: directories sorted by
 * bytes, no symbolic link followed below a path named on the call, Maildir's tmp/ left out; "-" and what is no directory as it is.
 */
struct walk;
struct walk_file {
	const char *path; /* valid until the next call */
	uint64_t size;
	int64_t mtime_ns;
};
struct walk *walk_open(const char *const *paths, size_t count, const struct source_options *);
/* 1 with a file; 0 at the end; -1 for a path that can't be looked at (RET->path names it), and goes on. */
int walk_next(struct walk *, struct walk_file *ret, struct error *reterr);
void walk_free(struct walk *);

/* Whether the file is an archive or compressed: then a place in it is found only by unpacking all before it. */
bool source_is_packed(const char *path);
/* Whether an mbox separator line stands at OFFSET of the file: then a file that grew from there goes on as an mbox. */
bool source_is_mbox_at(const char *path, uint64_t offset);

/* One message again by its place (for show, the TUI, verify), an enclosed one decoded: bytes on the heap, to be freed. 0 or -1. */
int source_read(const char *source, const char *member, uint64_t offset, uint64_t length, uint8_t **ret, size_t *ret_len,
	struct error *reterr);
/*
 * What source_next() says of a message besides its place: whether it lies in an mbox, and the separator line before it, in
 * ARENA. A report depends on both.
 */
void origin_complete(struct arena *, struct origin *);
/* Takes the name of an enclosed message apart into enclosed, coding and archive_member; false where member is no such name. */
bool origin_parse(struct arena *, struct origin *);
/* Whether S at a line start is an mbox separator: "From " addr-or-anything SP ctime-like date. */
bool mbox_separator(struct span line);

#endif
