//go:build unix

package crdt

// Nothing of automerge-go's Go code is used: it brings the C library and the
// flags that link it. The Windows library comes from another place.
import _ "github.com/automerge/automerge-go"
