package quality

func typed(s string) string { return s }
