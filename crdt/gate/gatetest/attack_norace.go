//go:build !race

package gatetest

const usualMutants = 10_000
