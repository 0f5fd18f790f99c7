package relay

import (
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

func str(key, value string) changetest.Put { return changetest.Str(key, value) }

func put(key string, v change.Value) changetest.Put { return changetest.Put{Key: key, Value: v} }
