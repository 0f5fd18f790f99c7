package repo_test

import (
	"fmt"
	"testing"

	"tongce/crdt/repo"
)

// Whoever reads a document that the feed names finds it, also while its
// transaction is being published: the index would drop it for good.
func TestDocumentsOfTheFeedAreThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	d := w.open(badger(t, t.TempDir()), w.w.Founder)
	const docs = 4096
	begin := d.FeedEnd()
	done := make(chan error, 1)
	go func() {
		done <- d.Batch(t.Context(), nil, func(b *repo.Batch) error {
			for i := range docs {
				id := w.newDoc()
				if err := b.Create(id, saltFor(id), creating(set("f:name", fmt.Sprint(i)))); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	for at := begin; at < begin+docs; {
		entries, err := d.Feed(at, docs)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if _, err := d.Read(e.Doc); err != nil {
				t.Fatalf("entry %d of the feed: %v", e.Seq, err)
			}
			at = e.Seq
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			done <- nil
		default:
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
