package app

// Customers reads, finds and changes customers.
type Customers struct{ app *App }

// Schema ...

func (s *Customers) Schema() (out SchemaReply, err error) {
	defer guard(s.app, "Customers.Schema", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// List ...

func (s *Customers) List(_ ListRequest) (out ListReply, err error) {
	defer guard(s.app, "Customers.List", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Get ...

func (s *Customers) Get(_ string) (out CustomerView, err error) {
	defer guard(s.app, "Customers.Get", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Check ...

func (s *Customers) Check(_ CheckRequest) (out CheckReply, err error) {
	defer guard(s.app, "Customers.Check", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Create ...

func (s *Customers) Create(_ NewRequest) (out SetReply, err error) {
	defer guard(s.app, "Customers.Create", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Set ...

func (s *Customers) Set(_ SetRequest) (out SetReply, err error) {
	defer guard(s.app, "Customers.Set", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Delete ...

func (s *Customers) Delete(_ string) (out SetReply, err error) {
	defer guard(s.app, "Customers.Delete", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Undelete ...

func (s *Customers) Undelete(_ string) (out SetReply, err error) {
	defer guard(s.app, "Customers.Undelete", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Reveal ...

func (s *Customers) Reveal(_ RevealRequest) (out RevealReply, err error) {
	defer guard(s.app, "Customers.Reveal", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Search ...

func (s *Customers) Search(_ string) (out SearchReply, err error) {
	defer guard(s.app, "Customers.Search", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Export ...

func (s *Customers) Export(_ ExportRequest) (out FileReply, err error) {
	defer guard(s.app, "Customers.Export", &out, &err)()
	_, err = s.app.open()
	return out, err
}
