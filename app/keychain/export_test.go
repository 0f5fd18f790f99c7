package keychain

import "time"

// WithStep ends the work on disk where step returns an error.
func (o Options) WithStep(step func(string) error) Options { o.step = step; return o }

// WithStep ends the work on disk where step returns an error.
func (u Unlock) WithStep(step func(string) error) Unlock { u.step = step; return u }

// SystemOver is System over another keyring library.
func SystemOver(timeout time.Duration, get func(service, account string) (string, error)) *System {
	return newSystem(timeout, systemCalls{get: get})
}

// ValidKitChars tells whether 30 characters pass the check of a kit code.
func ValidKitChars(chars []byte) bool { _, ok := kitSecret(chars); return ok }
