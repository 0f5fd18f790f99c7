#include "core.h"

#include <stdlib.h>
#include <string.h>

static AMbyteSpan span(const void *src, size_t n) {
  AMbyteSpan s = {src, n};
  return s;
}

// text is span for strings: the core takes a NULL source as "no string", and
// wants some pointer even where the length is zero.
static AMbyteSpan text(const void *src, size_t n) { return span(n ? src : "", n); }

// done frees r and tells whether it was good.
static bool done(AMresult *r) {
  bool ok = AMresultStatus(r) == AM_OK;
  AMresultFree(r);
  return ok;
}

static void put(tc_out *o, const void *src, size_t n) {
  if (o->status != TC_OK || n == 0) return;
  if (o->len + n > o->cap) {
    size_t cap = o->cap ? o->cap : 1024;
    while (cap < o->len + n) cap *= 2;
    uint8_t *p = realloc(o->data, cap);
    if (p == NULL) {
      o->status = TC_MEMORY;
      return;
    }
    o->data = p;
    o->cap = cap;
  }
  memcpy(o->data + o->len, src, n);
  o->len += n;
}

static void put_span(tc_out *o, AMbyteSpan s) {
  uint32_t n = (uint32_t)s.count;
  put(o, &n, sizeof n);
  put(o, s.src, s.count);
}

static void put_scalar(tc_out *o, uint8_t kind, const void *src, size_t n) {
  put(o, &kind, 1);
  put_span(o, span(src, n));
}

static void put_value(tc_out *o, const AMitem *i) {
  AMbyteSpan s;
  int64_t n;
  uint64_t u;
  bool b;
  switch (AMitemValType(i)) {
    case AM_STR: if (AMitemToStr(i, &s)) { put_scalar(o, TC_STR, s.src, s.count); return; } break;
    case AM_BYTES: if (AMitemToBytes(i, &s)) { put_scalar(o, TC_BYTES, s.src, s.count); return; } break;
    case AM_INT: if (AMitemToInt(i, &n)) { put_scalar(o, TC_INT, &n, sizeof n); return; } break;
    case AM_UINT: if (AMitemToUint(i, &u)) { put_scalar(o, TC_UINT, &u, sizeof u); return; } break;
    case AM_BOOL: if (AMitemToBool(i, &b)) { uint8_t v = b; put_scalar(o, TC_BOOL, &v, 1); return; } break;
    case AM_NULL: put_scalar(o, TC_NULL, NULL, 0); return;
    case AM_TIMESTAMP: if (AMitemToTimestamp(i, &n)) { put_scalar(o, TC_TIMESTAMP, &n, sizeof n); return; } break;
    case AM_OBJ: put_scalar(o, TC_TEXT, NULL, 0); return;  // its kind was checked by put_item or put_text
  }
  if (o->status == TC_OK) o->status = TC_VALUE;
}

// put_text writes the text that item i of the root map holds.
static void put_text(tc_out *o, const AMdoc *d, const AMitem *i, AMbyteSpan key, const AMitems *at) {
  const AMobjId *obj = AMitemObjId(i);
  if (obj == NULL || AMobjObjType(d, obj) != AM_TEXT) {
    if (o->status == TC_OK) o->status = TC_VALUE;
    return;
  }
  AMresult *r = AMtext(d, obj, at);
  AMbyteSpan s;
  if (AMresultStatus(r) == AM_OK && AMitemToStr(AMresultItem(r), &s)) {
    uint8_t tag = TC_TEXT_RECORD;
    put(o, &tag, 1);
    put_span(o, key);
    put_span(o, s);
  } else if (o->status == TC_OK) {
    o->status = TC_CORE;
  }
  AMresultFree(r);
}

// put_items writes every live value of one key with its op id, if there are
// at least min.
static void put_items(tc_out *o, const AMdoc *d, AMbyteSpan key, const AMitems *at, size_t min) {
  AMresult *r = AMmapGetAll(d, NULL, key, at);
  if (AMresultStatus(r) != AM_OK) {
    if (o->status == TC_OK) o->status = TC_CORE;
  } else if (AMresultSize(r) >= min) {
    AMitems it = AMresultItems(r);
    AMitem *i;
    while ((i = AMitemsNext(&it, 1)) != NULL) {
      const AMobjId *id = AMitemObjId(i);
      if (id == NULL || (AMitemValType(i) == AM_OBJ && AMobjObjType(d, id) != AM_TEXT)) {
        if (o->status == TC_OK) o->status = TC_VALUE;
        break;
      }
      uint8_t tag = TC_ITEM;
      uint64_t counter = AMobjIdCounter(id);
      put(o, &tag, 1);
      put_span(o, key);
      put(o, &counter, sizeof counter);
      put_span(o, AMactorIdBytes(AMobjIdActorId(id)));
      put_value(o, i);
    }
  }
  AMresultFree(r);
}

// hash_items makes a result that holds n/32 hashes. NULL: no memory.
static AMresult *hash_items(const uint8_t *src, size_t n) {
  AMresult *all = AMitemFromChangeHash(span(src, 32));
  for (size_t at = 32; at + 32 <= n && AMresultStatus(all) == AM_OK; at += 32) {
    AMresult *one = AMitemFromChangeHash(span(src + at, 32));
    AMresult *both = AMresultCat(all, one);
    AMresultFree(one);
    AMresultFree(all);
    all = both;
  }
  return all;
}

// known tells whether the document holds all of the n/32 changes: the core
// answers questions about heads that it does not know without an error.
static bool known(AMdoc *d, const uint8_t *hashes, size_t n) {
  bool ok = true;
  for (size_t at = 0; ok && at < n; at += 32) {
    AMresult *r = AMgetChangeByHash(d, hashes + at, 32);
    ok = AMresultStatus(r) == AM_OK && AMitemValType(AMresultItem(r)) == AM_CHANGE;
    AMresultFree(r);
  }
  return ok;
}

// whole tells whether no change waits for one that is not there.
static bool whole(AMdoc *d) {
  AMresult *r = AMgetMissingDeps(d, NULL);
  bool ok = AMresultStatus(r) == AM_OK && AMresultSize(r) == 0;
  AMresultFree(r);
  return ok;
}

// A point of view: the present, or earlier heads.
typedef struct { AMresult *owner; AMitems items; const AMitems *at; } view;

static int look(view *v, AMdoc *d, const uint8_t *heads, size_t n) {
  memset(v, 0, sizeof *v);
  if (n == 0) return TC_OK;
  if (!known(d, heads, n)) return TC_UNKNOWN;
  v->owner = hash_items(heads, n);
  if (AMresultStatus(v->owner) != AM_OK) return TC_CORE;
  v->items = AMresultItems(v->owner);
  v->at = &v->items;
  return TC_OK;
}

static void unlook(view *v) {
  if (v->owner != NULL) AMresultFree(v->owner);
}

static bool set_actor(AMdoc *d, const uint8_t *actor, size_t n) {
  AMresult *a = AMactorIdFromBytes(actor, n);
  const AMactorId *id = NULL;
  bool ok = AMresultStatus(a) == AM_OK && AMitemToActorId(AMresultItem(a), &id) && done(AMsetActorId(d, id));
  AMresultFree(a);
  return ok;
}

static tc_doc open_doc(AMresult *r, const uint8_t *actor, size_t actor_n) {
  tc_doc t = {TC_CORRUPT, r, NULL};
  if (AMresultStatus(r) == AM_OK && AMitemToDoc(AMresultItem(r), &t.doc) &&
      (actor_n == 0 || set_actor(t.doc, actor, actor_n))) {
    t.status = whole(t.doc) ? TC_OK : TC_MISSING;
  }
  if (t.status != TC_OK) {
    AMresultFree(r);
    t.owner = NULL;
    t.doc = NULL;
  }
  return t;
}

tc_doc tc_new(const uint8_t *actor, size_t n) { return open_doc(AMcreate(NULL), actor, n); }

tc_doc tc_load(const uint8_t *src, size_t n, const uint8_t *actor, size_t actor_n) {
  return open_doc(AMload(src, n), actor, actor_n);
}

// The core drops a corrupt chunk, and keeps one that lacks dependencies,
// without an error: both are looked for afterwards.
int tc_apply(AMdoc *d, const uint8_t *src, size_t n, const uint8_t *hashes, size_t hash_n) {
  if (!done(AMloadIncremental(d, src, n))) return TC_CORRUPT;
  if (!whole(d)) return TC_MISSING;
  return known(d, hashes, hash_n) ? TC_OK : TC_CORRUPT;
}

static void put_hashes(tc_out *o, AMresult *r) {
  if (AMresultStatus(r) != AM_OK) {
    if (o->status == TC_OK) o->status = TC_CORE;
  } else {
    AMitems it = AMresultItems(r);
    AMitem *i;
    AMbyteSpan s;
    uint8_t tag = TC_HEAD_RECORD;
    while ((i = AMitemsNext(&it, 1)) != NULL) {
      if (!AMitemToChangeHash(i, &s)) continue;
      put(o, &tag, 1);
      put(o, s.src, s.count);
    }
  }
  AMresultFree(r);
}

static void read_map(tc_out *o, const AMdoc *d, int what, const AMitems *at) {
  AMbyteSpan all = {NULL, 0};
  AMresult *r = AMmapRange(d, NULL, all, all, at);
  if (AMresultStatus(r) != AM_OK) {
    if (o->status == TC_OK) o->status = TC_CORE;
  } else {
    AMitems it = AMresultItems(r);
    AMitem *i;
    AMbyteSpan key;
    while ((i = AMitemsNext(&it, 1)) != NULL && AMitemKey(i, &key)) {
      bool object = AMitemValType(i) == AM_OBJ;
      if (object && (what & (TC_READ_TEXTS | TC_READ_WINNERS)) && AMobjObjType(d, AMitemObjId(i)) != AM_TEXT) {
        o->status = TC_VALUE;
        break;
      }
      if (object && (what & TC_READ_TEXTS)) put_text(o, d, i, key, at);
      if (what & TC_READ_WINNERS) {
        uint8_t tag = TC_WINNER;
        put(o, &tag, 1);
        put_span(o, key);
        put_value(o, i);
      }
      if (what & TC_READ_CONFLICTS) put_items(o, d, key, at, 2);
    }
  }
  AMresultFree(r);
}

tc_out tc_read(AMdoc *d, int what, const uint8_t *heads, size_t n) {
  tc_out o = {TC_OK, NULL, 0, 0};
  view v;
  o.status = look(&v, d, heads, n);
  if (o.status == TC_OK && (what & TC_READ_HEADS)) put_hashes(&o, AMgetHeads(d));
  if (o.status == TC_OK && (what & ~TC_READ_HEADS)) read_map(&o, d, what, v.at);
  unlook(&v);
  return o;
}

// take reads a length and that many bytes. The buffer is our own (record.go).
static AMbyteSpan take(const uint8_t **p) {
  uint32_t n;
  memcpy(&n, *p, sizeof n);
  AMbyteSpan s = text(*p + sizeof n, n);
  *p += sizeof n + n;
  return s;
}

tc_out tc_all(AMdoc *d, const uint8_t *keys, size_t keys_n, const uint8_t *heads, size_t n) {
  tc_out o = {TC_OK, NULL, 0, 0};
  view v;
  o.status = look(&v, d, heads, n);
  const uint8_t *end = keys + keys_n;
  while (o.status == TC_OK && keys < end) put_items(&o, d, take(&keys), v.at, 1);
  unlook(&v);
  return o;
}

tc_out tc_text(AMdoc *d, const uint8_t *key, size_t key_n, const uint8_t *heads, size_t n) {
  tc_out o = {TC_OK, NULL, 0, 0};
  view v;
  o.status = look(&v, d, heads, n);
  if (o.status == TC_OK) {
    AMresult *r = AMmapGet(d, NULL, text(key, key_n), v.at);
    if (AMresultStatus(r) != AM_OK) o.status = TC_CORE;
    else if (AMitemValType(AMresultItem(r)) == AM_OBJ) put_text(&o, d, AMresultItem(r), text(key, key_n), v.at);
    else o.status = TC_VALUE;
    AMresultFree(r);
  }
  unlook(&v);
  return o;
}

static bool splice(AMdoc *d, AMbyteSpan key, const uint8_t *arg, AMbyteSpan insert) {
  uint64_t pos, del;
  memcpy(&pos, arg, sizeof pos);
  memcpy(&del, arg + sizeof pos, sizeof del);
  AMresult *r = AMmapGet(d, NULL, key, NULL);
  bool ok = AMresultStatus(r) == AM_OK && AMitemValType(AMresultItem(r)) == AM_OBJ;
  if (ok) ok = done(AMspliceText(d, AMitemObjId(AMresultItem(r)), (size_t)pos, (ptrdiff_t)del, insert));
  AMresultFree(r);
  return ok;
}

static bool do_op(AMdoc *d, uint8_t kind, AMbyteSpan key, AMbyteSpan v) {
  int64_t n = 0;
  uint64_t u = 0;
  if (kind == TC_INT || kind == TC_TIMESTAMP) memcpy(&n, v.src, sizeof n);
  if (kind == TC_UINT) memcpy(&u, v.src, sizeof u);
  switch (kind) {
    case TC_STR: return done(AMmapPutStr(d, NULL, key, v));
    case TC_BYTES: return done(AMmapPutBytes(d, NULL, key, v));
    case TC_INT: return done(AMmapPutInt(d, NULL, key, n));
    case TC_UINT: return done(AMmapPutUint(d, NULL, key, u));
    case TC_BOOL: return done(AMmapPutBool(d, NULL, key, v.src[0] != 0));
    case TC_NULL: return done(AMmapPutNull(d, NULL, key));
    case TC_TIMESTAMP: return done(AMmapPutTimestamp(d, NULL, key, n));
    case TC_TEXT: return done(AMmapPutObject(d, NULL, key, AM_TEXT));
    case TC_SPLICE: return splice(d, key, v.src, span(v.src + 16, v.count - 16));
  }
  return false;
}

static void put_change(tc_out *o, AMitem *i) {
  AMchange *c = NULL;
  if (AMitemToChange(i, &c)) put_span(o, AMchangeRawBytes(c));
  else if (o->status == TC_OK) o->status = TC_CORE;
}

// Nothing may be committed without an operation (notes of the core: it aborts
// later), so the number of pending ones is compared before.
tc_out tc_commit(AMdoc *d, const uint8_t *ops, size_t n, size_t count, const uint8_t *message,
                 size_t message_n, int64_t seconds) {
  tc_out o = {TC_OK, NULL, 0, 0};
  const uint8_t *end = ops + n;
  while (ops < end) {
    uint8_t kind = *ops++;
    AMbyteSpan key = take(&ops);
    AMbyteSpan v = take(&ops);
    if (!do_op(d, kind, key, v)) {
      o.status = TC_CORE;
      return o;
    }
  }
  if (AMpendingOps(d) != count) {
    o.status = TC_COUNT;
    return o;
  }
  if (!done(AMcommit(d, span(message_n ? message : NULL, message_n), &seconds))) {
    o.status = TC_CORE;
    return o;
  }
  AMresult *r = AMgetLastLocalChange(d);
  if (AMresultStatus(r) == AM_OK) put_change(&o, AMresultItem(r));
  else o.status = TC_CORE;
  AMresultFree(r);
  return o;
}

tc_out tc_save(AMdoc *d) {
  tc_out o = {TC_OK, NULL, 0, 0};
  AMresult *r = AMsave(d);
  AMbyteSpan s;
  if (AMresultStatus(r) == AM_OK && AMitemToBytes(AMresultItem(r), &s)) put(&o, s.src, s.count);
  else o.status = TC_CORE;
  AMresultFree(r);
  return o;
}

tc_out tc_changes(AMdoc *d, const uint8_t *since, size_t n) {
  tc_out o = {TC_OK, NULL, 0, 0};
  view v;
  o.status = look(&v, d, since, n);
  if (o.status == TC_OK) {
    AMresult *r = AMgetChanges(d, v.at);
    if (AMresultStatus(r) != AM_OK) o.status = TC_CORE;
    AMitems it = AMresultItems(r);
    AMitem *i;
    while (o.status == TC_OK && (i = AMitemsNext(&it, 1)) != NULL) put_change(&o, i);
    AMresultFree(r);
  }
  unlook(&v);
  return o;
}

tc_out tc_dump(const uint8_t *src, size_t n) {
  tc_out o = {TC_OK, NULL, 0, 0};
  tc_doc t = tc_load(src, n, NULL, 0);
  o.status = t.status;
  if (t.status == TC_OK) {
    o = tc_read(t.doc, TC_READ_WINNERS | TC_READ_CONFLICTS | TC_READ_TEXTS | TC_READ_HEADS, NULL, 0);
    AMresultFree(t.owner);
  }
  return o;
}
