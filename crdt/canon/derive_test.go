package canon_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"tongce/crdt/canon"
)

// TestDeriveIsHKDF compares with the library, also where keys and texts are
// longer than a block of the hash or than the room on the stack.
func TestDeriveIsHKDF(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	some := func() []byte {
		b := make([]byte, rng.IntN([]int{1, 33, 66, 600}[rng.IntN(4)]))
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	for range 3000 {
		key, salt, info := some(), some(), some()
		want, err := hkdf.Key(sha256.New, key, salt, string(canon.DomainValueKey)+"\x00"+string(info), 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := canon.Derive(key, salt, canon.DomainValueKey, info); got != [32]byte(want) {
			t.Fatalf("key %x, salt %x, info %x: got %x, want %x", key, salt, info, got, want)
		}
	}
}

func BenchmarkDerive(b *testing.B) {
	key, salt, info := make([]byte, 32), make([]byte, 32), make([]byte, 60)
	b.ReportAllocs()
	for b.Loop() {
		canon.Derive(key, salt, canon.DomainValueKey, info)
	}
}
