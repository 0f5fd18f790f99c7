// Package e2e holds tests of the programs as they ship: tongcectl, the relay
// and the window's server, each a process of its own with a data directory of
// its own. It has no code to import. Its tests know the grammar of tongcectl,
// the files of the accuracy kit and what the issue promises of the programs,
// and nothing of how they do it.
package e2e
