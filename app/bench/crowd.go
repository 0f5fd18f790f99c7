package bench

import "context"

func (s *suite) crowd(context.Context) error { return nil }
