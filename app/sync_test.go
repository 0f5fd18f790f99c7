package app_test

import (
	"testing"

	"tongce/app"
)

// What is written while no relay answers is counted as to be sent at once.
func TestPendingIsCountedWithoutARelay(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	customers, sync := service[*app.Customers](t, a), service[*app.Sync](t, a)
	before := must[app.SyncStatus](t)(sync.Status()).Pending
	made := must[app.SetReply](t)(customers.Create(app.NewRequest{Values: []app.FieldValue{{Field: "name", Text: "锦成机电有限公司"}}}))
	must[app.SetReply](t)(customers.Set(app.SetRequest{ID: made.ID, Values: []app.FieldValue{{Field: "remark", Text: "新"}}}))
	if got := must[app.SyncStatus](t)(sync.Status()).Pending; got != before+2 {
		t.Errorf("to send: got %d, want %d", got, before+2)
	}
	if list := must[app.PendingReply](t)(sync.Pending()); list.Total != 1 || list.Customers[0].ID != made.ID {
		t.Errorf("customers to send: got %+v", list)
	}
}
