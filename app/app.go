// Package app is the bridge between the window and the book: bound services,
// the flat data they exchange with the front end, wire errors and events.
//
// A bound method takes one request struct, one string or nothing, and returns
// a reply and an error, or an error alone; it starts with guard, so a panic
// becomes a coded error and the caller's promise always settles. Nothing here
// decides about customers: package workspace does. No secret ever stands in a
// request struct: passphrases and kit codes travel as one lone string, because
// the bridge logs struct arguments when something goes wrong.
package app
