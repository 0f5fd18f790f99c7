// Package wire has the byte form of what peers say to each other: envelopes, log
// records, packs, frames, codes and limits, as docs/spec/wire.md says.
//
// Everything that is read here is refused unless it is exactly what this package
// would have written. Whether an envelope may enter a document is decided in
// package gate.
package wire

import (
	"errors"
	"fmt"

	"tongce/crdt/canon"
)

// Version is the protocol version that this program speaks (`hello`).
const Version = 1

// Path is where a relay answers with a WebSocket (WI1).
const Path = "/tongce/1"

// ExporterLabel and ExporterLength give the TLS exporter that binds a proof to
// its connection (WI7).
const (
	ExporterLabel  = "EXPORTER-tongce-1"
	ExporterLength = 32
)

// Errors of reading. Each is found with errors.Is; CodeOf says the same in an
// answer.
var (
	// ErrMalformed means bytes that are not in the one form of the specification.
	ErrMalformed = errors.New("malformed")
	// ErrTooLarge means more bytes or items than the limits allow.
	ErrTooLarge = errors.New("too large")
	// ErrVersion means a frame, kind or version that this program does not know.
	ErrVersion = errors.New("unsupported version")
)

// CodeOf is the code that answers an error of this package: too_large,
// unsupported_version, else malformed.
func CodeOf(err error) Code {
	switch {
	case errors.Is(err, ErrTooLarge):
		return CodeTooLarge
	case errors.Is(err, ErrVersion):
		return CodeUnsupportedVersion
	}
	return CodeMalformed
}

// unmarshal decodes strictly and names what it decoded.
func unmarshal(what string, b []byte, v any) error {
	if err := canon.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w: %w", what, ErrMalformed, err)
	}
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrMalformed)...)
}

func tooLarge(what string, n, limit int) error {
	return fmt.Errorf("%s of %d, at most %d: %w", what, n, limit, ErrTooLarge)
}

func unsupported(what string) error { return fmt.Errorf("%s: %w", what, ErrVersion) }
