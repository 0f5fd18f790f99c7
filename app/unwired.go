package app

var errNotBuilt = &fault{code: CodeUnsupported, reason: "not_built"}

// Sample ...
func (s *Start) Sample() (out StartState, err error) {
	defer guard(s.app, "Start.Sample", &out, &err)()
	return out, errNotBuilt
}

// Export ...
func (s *Customers) Export(_ ExportRequest) (out FileReply, err error) {
	defer guard(s.app, "Customers.Export", &out, &err)()
	return out, errNotBuilt
}

// ChangePassphrase ...
func (s *Settings) ChangePassphrase(_ string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.ChangePassphrase", &out, &err)()
	return out, errNotBuilt
}
