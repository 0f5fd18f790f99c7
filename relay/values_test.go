package relay

import "tongce/crdt/change/changetest"

func str(key, value string) changetest.Put { return changetest.Str(key, value) }
