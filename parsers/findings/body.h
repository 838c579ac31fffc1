/* SPDX-License-Identifier: ISC */
/* The files that findings_html() is made of: each takes one displayed HTML or text part of the
 * message itself. */
#ifndef PARSERS_FINDINGS_BODY_H
#define PARSERS_FINDINGS_BODY_H

#include "parsers/findings/content.h"

struct body {
	struct findings *f;
	struct part *part;
	const struct html *html; /* NULL for plain text */
	const char *base_host;   /* of <base href>, or NULL */
};

void findings_links(struct findings *);      /* URL-*, over all parts */
void findings_hidden(const struct body *);   /* HTML-HIDDEN, HTML-SALT */
void findings_elements(const struct body *); /* forms, scripts, frames, base, data: */
void findings_styles(const struct body *);   /* sheets, context, banners */
void findings_images(const struct body *);

/* Shows LEN bytes at OFFSET of the part's text. */
struct finding *body_show(
	const struct body *, struct finding *, size_t offset, size_t len, const char *role);

/* What stands behind a link that a mail filter rewrote, or the link's own url. */
const char *link_target(struct arena *, const struct url_view *);
/* An absolute URL as the value of a parameter of this URL, decoded; or NULL. */
const char *link_embedded(struct arena *, const struct url_view *);
/* Hosts that only send on: shorteners; and those that count clicks for senders of bulk mail. */
bool host_shortener(const char *host);
bool host_tracker(const char *host);
/* Hosts of filters, whose links link_target() looks behind. */
bool host_filter(const char *host);
/* The host that a link's visible text names, or NULL where it names none. */
const char *text_host(struct arena *, const char *text);

#endif
