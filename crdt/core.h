// The part of the Automerge C API that Tongce uses, declared by prototypes
// (automerge-c 0.1.0; the library itself comes from link_*.go), and our own
// functions over it. Go calls only the tc_ functions: each does one whole job
// and frees every AMresult that it made before it returns.
#ifndef TONGCE_CORE_H
#define TONGCE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct AMdoc AMdoc;
typedef struct AMobjId AMobjId;
typedef struct AMresult AMresult;
typedef struct AMitem AMitem;
typedef struct AMactorId AMactorId;
typedef struct AMchange AMchange;
typedef struct { const uint8_t *src; size_t count; } AMbyteSpan;
typedef struct { uint8_t detail[24]; } AMitems;

enum { AM_OK = 0, AM_TEXT = 3 };
enum {
  AM_VOID = 1 << 0, AM_BOOL = 1 << 2, AM_BYTES = 1 << 3, AM_CHANGE = 1 << 4, AM_INT = 1 << 9,
  AM_NULL = 1 << 11, AM_OBJ = 1 << 12, AM_STR = 1 << 13, AM_TIMESTAMP = 1 << 17, AM_UINT = 1 << 18
};

AMresult *AMcreate(const AMactorId *);
AMresult *AMload(const uint8_t *, size_t);
AMresult *AMloadIncremental(AMdoc *, const uint8_t *, size_t);
AMresult *AMsave(AMdoc *);
AMresult *AMcommit(AMdoc *, AMbyteSpan, const int64_t *);
AMresult *AMactorIdFromBytes(const uint8_t *, size_t);
AMresult *AMsetActorId(AMdoc *, const AMactorId *);
AMresult *AMgetHeads(AMdoc *);
AMresult *AMgetChanges(AMdoc *, const AMitems *);
AMresult *AMgetChangeByHash(AMdoc *, const uint8_t *, size_t);
AMresult *AMgetMissingDeps(AMdoc *, const AMitems *);
AMresult *AMgetLastLocalChange(AMdoc *);
AMresult *AMmapGet(const AMdoc *, const AMobjId *, AMbyteSpan, const AMitems *);
AMresult *AMmapGetAll(const AMdoc *, const AMobjId *, AMbyteSpan, const AMitems *);
AMresult *AMmapRange(const AMdoc *, const AMobjId *, AMbyteSpan, AMbyteSpan, const AMitems *);
AMresult *AMmapPutStr(AMdoc *, const AMobjId *, AMbyteSpan, AMbyteSpan);
AMresult *AMmapPutBytes(AMdoc *, const AMobjId *, AMbyteSpan, AMbyteSpan);
AMresult *AMmapPutInt(AMdoc *, const AMobjId *, AMbyteSpan, int64_t);
AMresult *AMmapPutUint(AMdoc *, const AMobjId *, AMbyteSpan, uint64_t);
AMresult *AMmapPutBool(AMdoc *, const AMobjId *, AMbyteSpan, bool);
AMresult *AMmapPutNull(AMdoc *, const AMobjId *, AMbyteSpan);
AMresult *AMmapPutTimestamp(AMdoc *, const AMobjId *, AMbyteSpan, int64_t);
AMresult *AMmapPutObject(AMdoc *, const AMobjId *, AMbyteSpan, int);
AMresult *AMspliceText(AMdoc *, const AMobjId *, size_t, ptrdiff_t, AMbyteSpan);
AMresult *AMtext(const AMdoc *, const AMobjId *, const AMitems *);
size_t AMpendingOps(const AMdoc *);
int AMobjObjType(const AMdoc *, const AMobjId *);
AMresult *AMitemFromChangeHash(AMbyteSpan);
AMresult *AMresultCat(const AMresult *, const AMresult *);
void AMresultFree(AMresult *);
int AMresultStatus(const AMresult *);
AMitem *AMresultItem(AMresult *);
AMitems AMresultItems(AMresult *);
size_t AMresultSize(const AMresult *);
AMitem *AMitemsNext(AMitems *, ptrdiff_t);
int AMitemValType(const AMitem *);
bool AMitemKey(const AMitem *, AMbyteSpan *);
const AMobjId *AMitemObjId(const AMitem *);
bool AMitemToDoc(AMitem *, AMdoc **);
bool AMitemToActorId(const AMitem *, const AMactorId **);
bool AMitemToChange(AMitem *, AMchange **);
bool AMitemToChangeHash(const AMitem *, AMbyteSpan *);
bool AMitemToStr(const AMitem *, AMbyteSpan *);
bool AMitemToBytes(const AMitem *, AMbyteSpan *);
bool AMitemToBool(const AMitem *, bool *);
bool AMitemToInt(const AMitem *, int64_t *);
bool AMitemToUint(const AMitem *, uint64_t *);
bool AMitemToTimestamp(const AMitem *, int64_t *);
AMbyteSpan AMchangeRawBytes(const AMchange *);
uint64_t AMobjIdCounter(const AMobjId *);
const AMactorId *AMobjIdActorId(const AMobjId *);
AMbyteSpan AMactorIdBytes(const AMactorId *);

// What a tc_ function answers. data is malloc'ed; the caller frees it.
enum { TC_OK, TC_CORE, TC_MEMORY, TC_CORRUPT, TC_UNKNOWN, TC_MISSING, TC_VALUE, TC_COUNT };
typedef struct { int status; uint8_t *data; size_t len, cap; } tc_out;
typedef struct { int status; AMresult *owner; AMdoc *doc; } tc_doc;

// Kinds of a value, an op and a record. They cross to Go, see record.go.
enum {
  TC_STR = 1, TC_BYTES, TC_INT, TC_UINT, TC_BOOL, TC_NULL, TC_TIMESTAMP, TC_TEXT, TC_SPLICE
};
enum { TC_HEAD_RECORD = 'h', TC_WINNER = 'v', TC_ITEM = 'i', TC_TEXT_RECORD = 't' };
// What tc_read reads.
enum { TC_READ_WINNERS = 1, TC_READ_CONFLICTS = 2, TC_READ_TEXTS = 4, TC_READ_HEADS = 8 };

tc_doc tc_new(const uint8_t *actor, size_t n);
tc_doc tc_load(const uint8_t *src, size_t n, const uint8_t *actor, size_t actor_n);
int tc_apply(AMdoc *d, const uint8_t *src, size_t n, const uint8_t *hashes, size_t hash_n);
tc_out tc_read(AMdoc *d, int what, const uint8_t *heads, size_t n);
tc_out tc_all(AMdoc *d, const uint8_t *keys, size_t keys_n, const uint8_t *heads, size_t n);
tc_out tc_text(AMdoc *d, const uint8_t *key, size_t key_n, const uint8_t *heads, size_t n);
tc_out tc_commit(AMdoc *d, const uint8_t *ops, size_t n, size_t count, const uint8_t *message,
                 size_t message_n, int64_t seconds);
tc_out tc_save(AMdoc *d);
tc_out tc_changes(AMdoc *d, const uint8_t *since, size_t n);
tc_out tc_dump(const uint8_t *src, size_t n);

#endif
