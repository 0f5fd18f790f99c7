package main

import (
	"fmt"
	"math"
	"strconv"
)

// space is a number of bytes as an operator writes it: 500M, 20G. 0 is what the
// specification says.
type space uint64

func (s *space) String() string { return strconv.FormatUint(uint64(*s), 10) }

// Set reads digits and a unit.
func (s *space) Set(text string) error {
	unit := 0
	if n := len(text); n > 0 {
		unit = map[byte]int{'M': 20, 'G': 30, 'T': 40}[text[n-1]]
	}
	if unit == 0 {
		return fmt.Errorf("%w: size %q without M, G or T", errUsage, text)
	}
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 64)
	if err != nil || n == 0 || n > math.MaxInt64>>unit {
		return fmt.Errorf("%w: size %q", errUsage, text)
	}
	*s = space(n << unit)
	return nil
}
