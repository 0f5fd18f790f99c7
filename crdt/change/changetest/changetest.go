// Package changetest makes changes, documents and damaged chunks for tests.
package changetest
