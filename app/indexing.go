package app

import (
	"sync"
	"time"
)

// indexing is how far an index that is being made anew has come.
type indexing struct {
	mu          sync.Mutex
	done, total int
	first       int // done when began was taken
	began       time.Time
}

func (x *indexing) note(done, total int, now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if done >= total {
		x.done, x.total = 0, 0
		return
	}
	if x.total == 0 {
		x.first, x.began = done, now
	}
	x.done, x.total = done, total
}

// left gives the customers that are in, all there are, and the seconds that the
// others will take by what the ones so far took; 0 while that is not known.
func (x *indexing) left(now time.Time) (done, total, seconds int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n := x.done - x.first; n > 0 {
		each := now.Sub(x.began) / time.Duration(n)
		seconds = int((each*time.Duration(x.total-x.done) + time.Second - 1) / time.Second)
	}
	return x.done, x.total, seconds
}
