package main

import (
	"context"
	"errors"
)

var errNoBatch = errors.New("no such import")

func (p *program) importFiles(context.Context, *arguments) error { return errQuiet }
func (p *program) export(context.Context, *arguments) error      { return errQuiet }
func (p *program) bench(context.Context, *arguments) error       { return errQuiet }
