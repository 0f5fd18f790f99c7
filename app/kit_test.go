package app_test

import (
	"slices"
	"strings"
	"testing"

	"tongce/app"
	"tongce/app/keychain/ringtest"
)

// A kit that was put off, or that nobody saved before the program ended, is
// made anew, and only that one opens the book (LV8, KF4).
func TestLV8_AnotherKitAfterLaterAndRestart(t *testing.T) {
	t.Parallel()
	dir, ring := t.TempDir(), new(ringtest.Memory)
	a, _ := startApp(t, dir, ring)
	start := service[*app.Start](t, a)
	must[app.StartState](t)(start.Create(company))
	first := must[app.Kit](t)(start.Kit())
	if again := must[app.Kit](t)(start.Kit()); !slices.Equal(again.Groups, first.Groups) {
		t.Error("the kit on the screen changed while it was there")
	}
	if st := must[app.StartState](t)(start.LaterKit()); !st.KitPending {
		t.Error("put off: not pending")
	}
	_, err := start.SaveKit()
	if code, _ := codeOf(t, err); code != "not_found" {
		t.Errorf("saving a kit that was put off: got %q, want not_found", code)
	}
	second := must[app.Kit](t)(start.Kit())
	if slices.Equal(second.Groups, first.Groups) {
		t.Fatal("the kit that was put off came back")
	}
	a.Shutdown()

	b, host := startApp(t, dir, ring)
	start = service[*app.Start](t, b)
	if st := must[app.StartState](t)(start.State()); !st.KitPending {
		t.Error("after a restart: a kit that nobody typed back is not pending")
	}
	third := must[app.Kit](t)(start.Kit())
	if slices.Equal(third.Groups, second.Groups) {
		t.Fatal("a kit was kept over a restart")
	}
	confirmKit(t, start, host) // not_found afterwards: it is never replaced unasked
	must[app.StartState](t)(start.Lock())
	for name, old := range map[string]app.Kit{"first": first, "second": second} {
		_, err := start.UnlockKit(strings.Join(old.Groups, "-"))
		if code, _ := codeOf(t, err); code != "wrong_secret" {
			t.Errorf("%s kit: got %q, want wrong_secret", name, code)
		}
	}
	st := must[app.StartState](t)(start.UnlockKit(strings.Join(third.Groups, "-")))
	if st.Kind != "open" || st.KitPending {
		t.Errorf("by the third kit: got %q, pending %v, want open and not pending", st.Kind, st.KitPending)
	}
}

// Two calls at once give one kit: the first of two would open nothing.
func TestLV8_OneKitAtATime(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	start := service[*app.Start](t, a)
	must[app.StartState](t)(start.LaterKit())
	kits := make(chan app.Kit, 2)
	for range 2 {
		go func() {
			kit, err := start.Kit()
			if err != nil {
				t.Error(err)
			}
			kits <- kit
		}()
	}
	if one, other := <-kits, <-kits; !slices.Equal(one.Groups, other.Groups) {
		t.Error("two calls made two kits")
	}
}

// A kit that was confirmed is replaced only when that is asked for; until the
// new one is typed back, it is pending.
func TestLV8_ReplacingAConfirmedKit(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	start := service[*app.Start](t, a)
	first := must[app.Kit](t)(start.Kit())
	confirmKit(t, start, host)
	second := must[app.Kit](t)(start.ReplaceKit())
	if slices.Equal(second.Groups, first.Groups) {
		t.Fatal("the same kit again")
	}
	if st := must[app.StartState](t)(start.State()); !st.KitPending {
		t.Error("a kit that nobody typed back is not pending")
	}
	if again := must[app.Kit](t)(start.Kit()); !slices.Equal(again.Groups, second.Groups) {
		t.Error("the sheet changed while it was on the screen")
	}
	confirmKit(t, start, host)
	must[app.StartState](t)(start.Lock())
	_, err := start.UnlockKit(strings.Join(first.Groups, "-"))
	if code, _ := codeOf(t, err); code != "wrong_secret" {
		t.Errorf("the kit before: got %q, want wrong_secret", code)
	}
	if st := must[app.StartState](t)(start.UnlockKit(strings.Join(second.Groups, "-"))); st.Kind != "open" || st.KitPending {
		t.Errorf("by the new kit: got %q, pending %v, want open and not pending", st.Kind, st.KitPending)
	}
}
