package stream

import (
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// onWire is the NATS subject of one of ours. All but the log id lie under "e.",
// so that no subject of a caller meets one that NATS reserves.
func onWire(subject string) string {
	if subject == SubjectLog {
		return subject
	}
	return "e." + subject
}

func offWire(subject string) string {
	if len(subject) > 2 && subject[:2] == "e." {
		return subject[2:]
	}
	return subject
}

func message(e Entry) *nats.Msg {
	m := nats.NewMsg(onWire(e.Subject))
	m.Data = e.Data
	if e.Expect != Any {
		m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(e.Expect, 10))
	}
	return m
}

func isConflict(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}
