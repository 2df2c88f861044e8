package api

import (
	"context"
	"errors"
)

func unfinished[I, O any](context.Context, *I) (*O, error) { return nil, errors.New("not wired yet") }
