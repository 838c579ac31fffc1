/* SPDX-License-Identifier: ISC */
/* From rewritten by a list; To and Cc reordered, shortened, expanded. */
#include "parsers/dkim/repair_head.h"

enum {
	POOL_MAX = 48,
	LIST_BYTES_MAX = 8192,
	INSERTED_QUICK = 3000,
	INSERTED_DEEP = 60000,
	ITEMS_MAX = 64,
	PERMUTE_QUICK = 7,
	PERMUTE_DEEP = 8
};

static const char from_slug[] = "from-rewritten", from_text[] = "From was rewritten by a list";
static const char list_slug[] = "recipients", list_text[] = "the recipients were written anew";

/* The mailbox in its usual forms. */
static void vary_mailbox(struct head *h, struct entry *e, struct span name, const char *address)
{
	struct arena *arena = h->s->arena;
	const char *n = arena_text(arena, name);

	if (name.len) {
		vary_strong(h, e, span_of(arena_printf(arena, "%s <%s>", n, address)), from_slug,
			from_text);
		vary_strong(h, e, span_of(arena_printf(arena, "\"%s\" <%s>", n, address)),
			from_slug, from_text);
		vary_weak(h, e, span_of(arena_printf(arena, "%s (%s)", address, n)), from_slug,
			from_text);
	}
	vary_weak(h, e, span_of(address), from_slug, from_text);
	vary_weak(h, e, span_of(arena_printf(arena, "<%s>", address)), from_slug, from_text);
}

/* The display name without quotes. */
static struct span bare_name(struct span value)
{
	struct span name = span_trim(span_sub(value, 0, span_rchr(value, '<')));

	if (name.len == value.len)
		return SPAN_NONE;
	if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
		name = span_sub(name, 1, name.len - 1);
	return name;
}

static const char *bare_address(struct arena *arena, struct span value)
{
	size_t open = span_rchr(value, '<');
	struct span inner = open < value.len ? span_skip(value, open + 1) : value;

	inner = span_trim(span_sub(inner, 0, span_chr(inner, '>')));
	return span_chr(inner, '@') < inner.len ? arena_text(arena, inner) : NULL;
}

/* "Name via List", "Name (via List)", "'Name' via List" */
static struct span before_via(struct span name)
{
	static const char *const word[] = {" via ", " (via", "(via", " - via"};
	size_t at = name.len;

	for (size_t i = 0; i < sizeof word / sizeof *word && at == name.len; i++)
		at = span_ifind(name, span_of(word[i]), 0);
	name = span_trim(span_sub(name, 0, at));
	if (name.len > 1 && name.ptr[0] == '\'' && name.ptr[name.len - 1] == '\'')
		name = span_sub(name, 1, name.len - 1);
	return name;
}

void vary_from(struct head *h, struct entry *e)
{
	static const char *const kept[] = {"X-Original-From", "Original-From", "X-Original-Sender",
		"X-Google-Original-From", "Reply-To", "X-MailFrom", "X-Sender", "X-Envelope-From",
		"Cc", "Return-Path"};
	struct arena *arena = h->s->arena;
	struct span now, via;

	if (!e->field)
		return;
	now = span_trim(field_unfold(arena, e->field));
	via = before_via(bare_name(now));
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const struct field *other = message_field_named(h->s->v->message, kept[i], 0);
		struct span value = other ? span_trim(field_unfold(arena, other)) : SPAN_NONE;
		const char *address =
			value.len && value.len < 2000 ? bare_address(arena, value) : NULL;

		if (!address)
			continue;
		vary_strong(h, e, value, from_slug, from_text);
		if (via.len)
			vary_mailbox(h, e, via, address);
		if (bare_name(value).len)
			vary_mailbox(h, e, bare_name(value), address);
		else if (!via.len)
			vary_mailbox(h, e, SPAN_NONE, address);
	}
	if (bare_address(arena, now))
		vary_mailbox(h, e, bare_name(now), bare_address(arena, now));
}

struct items {
	struct span item[ITEMS_MAX];
	size_t count;
};

/* Splits at commas outside quotes, comments and angle brackets; folds are taken out. */
static struct items split_list(struct head *h, struct span value)
{
	struct items items = {.count = 0};
	int depth = 0;
	bool quoted = false, angle = false;
	size_t start = 0;

	for (size_t i = 0; i <= value.len && items.count < ITEMS_MAX; i++) {
		uint8_t c = i < value.len ? value.ptr[i] : ',';

		if (c == '\\' && i + 1 < value.len) {
			i++;
			continue;
		}
		if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (c == '(' && !quoted)
			depth++;
		else if (c == ')' && !quoted && depth)
			depth--;
		else if (c == '<' && !quoted)
			angle = true;
		else if (c == '>' && !quoted)
			angle = false;
		if (i < value.len && (c != ',' || quoted || depth || angle))
			continue;
		if (span_trim(span_sub(value, start, i)).len)
			items.item[items.count++] = span_trim(span_sub(value, start, i));
		start = i + 1;
	}
	(void)h;
	return items;
}

static struct span join_list(struct arena *arena, const struct items *items)
{
	size_t len = 0, at = 0;
	uint8_t *out;

	for (size_t i = 0; i < items->count; i++)
		len += items->item[i].len + 2;
	out = arena_bytes(arena, len);
	for (size_t i = 0; i < items->count; i++) {
		if (i) {
			out[at++] = ',';
			out[at++] = ' ';
		}
		memcpy(out + at, items->item[i].ptr, items->item[i].len);
		at += items->item[i].len;
	}
	return span_make(out, at);
}

static void add_list(struct head *h, struct entry *e, const struct items *items)
{
	vary_weak(h, e, join_list(h->s->arena, items), list_slug, list_text);
}

/* All orders (Heap's method); list software that keeps the addresses in a table loses theirs. */
static void permute(struct head *h, struct entry *e, struct items *items)
{
	size_t c[PERMUTE_DEEP + 1] = {0}, i = 1;

	add_list(h, e, items);
	while (i < items->count) {
		if (c[i] < i) {
			size_t other = i % 2 ? c[i] : 0;
			struct span t = items->item[other];

			items->item[other] = items->item[i];
			items->item[i] = t;
			add_list(h, e, items);
			c[i]++;
			i = 1;
		} else {
			c[i++] = 0;
		}
	}
}

static bool is_address_byte(uint8_t c)
{
	return is_alnum(c) || strchr(".!#$%&'*+-/=?^_`{|}~", c);
}

/* "Name <a@b>" or a@b around the "@" at AT. */
static struct span mailbox_around(struct span text, size_t at)
{
	size_t from = at, to = at + 1;

	while (from && is_address_byte(text.ptr[from - 1]))
		from--;
	while (to < text.len &&
		(is_alnum(text.ptr[to]) || text.ptr[to] == '.' || text.ptr[to] == '-'))
		to++;
	while (to > at && text.ptr[to - 1] == '.')
		to--;
	if (from == at || to == at + 1)
		return SPAN_NONE;
	if (from && text.ptr[from - 1] == '<' && to < text.len && text.ptr[to] == '>') {
		from--;
		to++;
		while (from && text.ptr[from - 1] != '\n' && text.ptr[from - 1] != ',' &&
			text.ptr[from - 1] != ':' && text.ptr[from - 1] != '>')
			from--;
	}
	return span_trim(span_sub(text, from, to));
}

static void add_pool(struct items *pool, struct span mailbox)
{
	if (!mailbox.len || pool->count >= POOL_MAX || mailbox.len > 300)
		return;
	for (size_t i = 0; i < pool->count; i++)
		if (span_eq(pool->item[i], mailbox))
			return;
	pool->item[pool->count++] = mailbox;
}

/* Where W words stand right before a bare address: "W1 W2 <address>". */
static void add_named(
	struct arena *arena, struct items *pool, struct span text, struct span address, int words)
{
	size_t end = (size_t)(address.ptr - text.ptr), from;

	while (end && is_wsp(text.ptr[end - 1]))
		end--;
	for (from = end; from && words; words--) {
		while (from && is_wsp(text.ptr[from - 1]))
			from--;
		while (from && (is_alnum(text.ptr[from - 1]) || text.ptr[from - 1] >= 128 ||
				       text.ptr[from - 1] == '.' || text.ptr[from - 1] == '-'))
			from--;
	}
	if (words == 0 && from < end && end < (size_t)(address.ptr - text.ptr))
		add_pool(pool, span_of(arena_printf(arena, "%s <%s>",
				       arena_text(arena, span_trim(span_sub(text, from, end))),
				       arena_text(arena, address))));
}

static void pool_from(struct arena *arena, struct items *pool, struct span text)
{
	for (size_t at = span_chr(text, '@'); at < text.len && pool->count < POOL_MAX;) {
		struct span mailbox = mailbox_around(text, at);
		size_t open = span_rchr(mailbox, '<');

		add_pool(pool, mailbox);
		if (open && open < mailbox.len)
			add_pool(pool, span_sub(mailbox, open + 1, mailbox.len - 1));
		else if (mailbox.len && mailbox.len < 200)
			add_named(arena, pool, text, mailbox, 2);
		at += 1 + span_chr(span_skip(text, at + 1), '@');
	}
}

/* Mailboxes that stand elsewhere in the message: who was dropped from a list is often quoted or
 * thanked below. */
static struct items gather_pool(struct head *h, const struct entry *e)
{
	static const char *const name[] = {
		"From", "To", "Cc", "Reply-To", "Delivered-To", "X-Original-To", "List-Post"};
	const struct message *m = h->s->v->message;
	struct items pool = {.count = 0};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const struct field *f = message_field_named(m, name[i], 0);
		struct items list;

		if (!f || f == e->field)
			continue;
		list = split_list(h, span_sub(span_trim(f->value), 0, 4096));
		for (size_t k = 0; k < list.count && k < 12; k++)
			add_pool(&pool, list.item[k]);
	}
	pool_from(h->s->arena, &pool, span_sub(m->check_body, 0, 65536));
	return pool;
}

static void insert_each(
	struct head *h, struct entry *e, const struct items *items, const struct items *pool)
{
	for (size_t p = 0; p < pool->count; p++)
		for (size_t at = 0; at <= items->count && items->count + 1 < ITEMS_MAX; at++) {
			struct items more = *items;

			memmove(&more.item[at + 1], &more.item[at],
				(items->count - at) * sizeof *more.item);
			more.item[at] = pool->item[p];
			more.count++;
			add_list(h, e, &more);
		}
}

/* Each of the pool among the others, in all orders, while that is at most MAX candidates. */
static void insert_and_permute(struct head *h, struct entry *e, const struct items *items,
	const struct items *pool, size_t max)
{
	size_t orders = 1;

	for (size_t i = 2; i <= items->count + 1; i++)
		orders *= i < 10 ? i : 1;
	for (size_t p = 0;
		p < pool->count && items->count < PERMUTE_DEEP && orders * (p + 1) <= max; p++) {
		struct items more = *items;

		more.item[more.count++] = pool->item[p];
		permute(h, e, &more);
	}
}

static struct span bare_domain(struct span item)
{
	size_t at = span_rchr(item, '@');

	return span_chr(item, '<') < item.len || span_chr(item, '(') < item.len ||
			       at + 1 >= item.len
		       ? SPAN_NONE
		       : span_skip(item, at + 1);
}

/*
 * A mail server put its own domain behind words that were no addresses ("g" became
 * "g@host.example"): off with it, the words apart as list items or as one phrase.
 */
static void without_domain(
	struct head *h, struct entry *e, const struct items *items, struct span domain, bool phrase)
{
	struct buffer b = BUFFER_INIT;
	bool before = false;

	for (size_t i = 0; i < items->count; i++) {
		struct span item = items->item[i];
		bool bare = span_eq(bare_domain(item), domain);

		if (bare) {
			item = span_sub(item, 0, item.len - domain.len - 1);
			if (item.len > 1 && item.ptr[0] == '"' && item.ptr[item.len - 1] == '"')
				item = span_sub(item, 1, item.len - 1);
		}
		if (i)
			buffer_str(&b, phrase && bare && before ? " " : ", ");
		buffer_span(&b, item);
		before = bare;
	}
	vary_weak(h, e, buffer_view(&b), list_slug,
		"a domain was put behind words that were no addresses");
	buffer_release(&b);
}

static void vary_qualified(struct head *h, struct entry *e, const struct items *items)
{
	struct span seen = SPAN_NONE;

	for (size_t i = 0; i < items->count; i++) {
		struct span domain = bare_domain(items->item[i]);

		if (!domain.len || span_eq(domain, seen))
			continue;
		without_domain(h, e, items, domain, false);
		without_domain(h, e, items, domain, true);
		seen = domain;
	}
}

/* "unlisted-recipients:; (no To-header on input)": a server's word for what was not there, or
 * empty. */
static bool vary_placeholder(struct head *h, struct entry *e)
{
	struct span now = span_trim(e->field->value);

	if (!span_istarts(now, "unlisted-recipients") &&
		!span_istarts(now, "undisclosed-recipients"))
		return false;
	vary_absent(h, e, true, list_slug, "a list of recipients was added");
	vary_strong(h, e, SPAN(""), list_slug, "an empty list of recipients was filled");
	return true;
}

void vary_recipients(struct head *h, struct entry *e)
{
	bool deep = h->s->depth == REPAIR_DEEP;
	struct items items, pool, sorted;

	if (!e->field || vary_placeholder(h, e))
		return;
	items = split_list(h, span_sub(span_trim(e->field->value), 0, 65536));
	if (items.count == 0 || items.count == ITEMS_MAX || e->field->value.len > LIST_BYTES_MAX)
		return;
	add_list(h, e, &items);
	vary_qualified(h, e, &items);
	for (size_t i = 0; i < items.count && items.count > 1; i++) { /* one that was added */
		struct items less = items;

		memmove(&less.item[i], &less.item[i + 1],
			(items.count - i - 1) * sizeof *less.item);
		less.count--;
		add_list(h, e, &less);
	}
	for (size_t i = 0; i < items.count && items.count > 2; i++)
		add_list(h, e, &(struct items){.item = {items.item[i]}, .count = 1});
	pool = gather_pool(h, e);
	if (items.count < 24)
		insert_each(h, e, &items, &pool);
	sorted = items;
	if (e->field->value.len > LIST_BYTES_MAX / 4)
		return;
	if (items.count > 1 && items.count <= (size_t)(deep ? PERMUTE_DEEP : PERMUTE_QUICK))
		permute(h, e, &sorted);
	if (items.count > 1)
		insert_and_permute(h, e, &items, &pool, deep ? INSERTED_DEEP : INSERTED_QUICK);
}

/* Accounts that a person of this name may have at DOMAIN. */
static void guess_accounts(
	struct head *h, struct entry *e, struct span name, const char *local, const char *domain)
{
	enum { FORMS = 10 };
	struct arena *arena = h->s->arena;
	size_t space = span_chr(name, ' ');
	const char *first = arena_lower(arena, span_sub(name, 0, space));
	const char *last = arena_lower(arena, span_skip(name, span_rchr(name, ' ') + 1));
	const char *shown = arena_text(arena, name);

	for (size_t i = 0; i < FORMS; i++) {
		const char *account = i == 0 ? local : "";

		if (i && (space == name.len || !*first || !*last))
			break;
		switch (i) {
		case 1:
			account = arena_printf(arena, "%s.%s", first, last);
			break;
		case 2:
			account = arena_printf(arena, "%s%s", first, last);
			break;
		case 3:
			account = first;
			break;
		case 4:
			account = last;
			break;
		case 5:
			account = arena_printf(arena, "%c%s", first[0], last);
			break;
		case 6:
			account = arena_printf(arena, "%s_%s", first, last);
			break;
		case 7:
			account = arena_printf(arena, "%s.%s", last, first);
			break;
		case 8:
			account = arena_printf(arena, "%s%s", last, first);
			break;
		case 9:
			account = arena_printf(arena, "%s%c", first, last[0]);
			break;
		default:
			break;
		}
		vary_weak(h, e, span_of(arena_printf(arena, "%s <%s@%s>", shown, account, domain)),
			"field-removed", "Sender was taken away or replaced");
		vary_weak(h, e, span_of(arena_printf(arena, "%s@%s", account, domain)),
			"field-removed", "Sender was taken away or replaced");
	}
}

void vary_sender(struct head *h, struct entry *e)
{
	const struct message *m = h->s->v->message;
	const struct field *from = message_field_last(m, NAME_FROM);
	const char *domain = h->target->work->sig->domain, *address;
	struct items pool = {.count = 0};
	struct span now;

	vary_absent(h, e, true, "field-added", "Sender was added");
	if (!from)
		return;
	now = span_trim(field_unfold(h->s->arena, from));
	address = bare_address(h->s->arena, now);
	vary_strong(h, e, now, "field-removed", "Sender was taken away or replaced");
	if (!address || !domain)
		return;
	guess_accounts(h, e, bare_name(now),
		arena_text(h->s->arena, span_sub(span_of(address), 0, strcspn(address, "@"))),
		domain);
	pool_from(h->s->arena, &pool, span_sub(m->check_body, 0, 65536));
	for (size_t i = 0; i < pool.count; i++) {
		const char *other = bare_address(h->s->arena, pool.item[i]);

		if (other && span_iends(span_of(other), domain))
			vary_weak(h, e,
				span_of(arena_printf(h->s->arena, "%s <%s>",
					arena_text(h->s->arena, bare_name(now)), other)),
				"field-removed", "Sender was taken away or replaced");
	}
}
