package wire

import (
	"fmt"

	"tongce/crdt/canon"
)

// Frame is the body of one message. Its name is the message's type.
type Frame interface {
	// FrameName is the type text on the wire.
	FrameName() string
}

// Message is one frame with the id that ties an answer to its question: odd
// ids are chosen by the device, even ones by the relay, an answer repeats the
// id of what it answers (WI1).
type Message struct {
	ID    uint64
	Frame Frame
}

// FrameError is why a message was not read. If HasID, an answer is due:
// Message{ID, &Failed{Code: Code}}; else the connection is to be closed (WI3).
type FrameError struct {
	ID    uint64
	HasID bool
	Code  Code
	Err   error
}

func (e *FrameError) Error() string { return fmt.Sprintf("frame %d: %s: %v", e.ID, e.Code, e.Err) }

// Unwrap is the error that Code was made from.
func (e *FrameError) Unwrap() error { return e.Err }

type message struct {
	_    struct{} `cbor:",toarray"`
	Type string
	ID   uint64
	Body canon.Raw
}

// EncodeFrame is the message's byte form. It fails with ErrTooLarge when that
// is over MaxMessage, and with ErrMalformed when DecodeFrame would refuse it.
func EncodeFrame(m Message) ([]byte, error) {
	if err := checkFrame(m.Frame); err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.Frame.FrameName(), err)
	}
	body, err := canon.Marshal(m.Frame)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.Frame.FrameName(), err)
	}
	b := canon.MustMarshal(message{Type: m.Frame.FrameName(), ID: m.ID, Body: body})
	if len(b) > MaxMessage {
		return nil, tooLarge("message", len(b), MaxMessage)
	}
	return b, nil
}

// DecodeFrame reads what EncodeFrame wrote. Every error is a *FrameError: an
// unknown type or kind has the code unsupported_version, anything else that
// EncodeFrame would not have written is malformed or too_large (WI3).
func DecodeFrame(b []byte) (Message, error) {
	if len(b) > MaxMessage {
		err := tooLarge("message", len(b), MaxMessage)
		return Message{}, &FrameError{Code: CodeOf(err), Err: err}
	}
	var m message
	if err := unmarshal("message", b, &m); err != nil {
		return Message{}, &FrameError{Code: CodeMalformed, Err: err}
	}
	fail := func(err error) (Message, error) {
		return Message{}, &FrameError{ID: m.ID, HasID: true, Code: CodeOf(err), Err: err}
	}
	f := newFrame(m.Type)
	if f == nil {
		return fail(fmt.Errorf("frame type of %d bytes: %w", len(m.Type), ErrVersion))
	}
	if err := unmarshal(m.Type, m.Body, f); err != nil {
		return fail(err)
	}
	if err := checkFrame(f); err != nil {
		return fail(fmt.Errorf("%s: %w", m.Type, err))
	}
	return Message{ID: m.ID, Frame: f}, nil
}

// checked is a frame with rules that its CBOR cannot express.
type checked interface{ check() error }

func checkFrame(f Frame) error {
	if c, ok := f.(checked); ok {
		return c.check()
	}
	return nil
}

// newFrame is an empty frame of the named type, nil for one that is not known.
func newFrame(name string) Frame {
	for _, f := range Frames() {
		if f.FrameName() == name {
			return f
		}
	}
	return nil
}

// Frames is one empty frame of every known type.
func Frames() []Frame {
	return []Frame{
		&Hello{}, &Challenge{}, &Proof{}, &Ready{}, &Resume{}, &Statements{}, &Records{}, &Append{}, &Pull{}, &Batch{},
		&Packs{}, &Push{}, &Pushed{}, &Salts{}, &Summary{}, &Want{}, &Report{}, &Verdict{}, &OK{}, &Failed{},
	}
}
