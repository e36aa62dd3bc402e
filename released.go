package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"pufa/content"
	"pufa/content/edit"
	"pufa/store"
)

const editsHelp = "with what staff released laid over the shipped library"

// trialFolder is where the trial store keeps what it holds.
const trialFolder = "trial"

// released returns what staff released, Markdown by id. Where no store was ever
// opened there is nothing, and none is opened for it.
func (p program) released(ctx context.Context) (map[string]string, error) {
	settings, err := p.settings()
	if err != nil {
		return nil, err
	}
	if settings.RedisURL.Empty() {
		if _, err := os.Stat(filepath.Join(settings.DataDir, trialFolder)); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	var laid map[string]edit.Version
	err = p.withStore(ctx, func(st *store.Store) (err error) {
		laid, _, err = st.Laid(ctx)
		return err
	})
	return textsOfVersions(laid), err
}

// library loads the shipped library or, with edits, the one that residents read
// now. What does not load with it is told.
func (p program) library(ctx context.Context, edits bool) (*content.Library, error) {
	if !edits {
		return p.asShipped()
	}
	_, lib, err := p.edited(ctx)
	return lib, err
}

// edited is library with edits, with the folder that it was loaded from.
func (p program) edited(ctx context.Context) (content.Overlay, *content.Library, error) {
	texts, err := p.released(ctx)
	if err != nil {
		return content.Overlay{}, nil, err
	}
	lib, left, err := p.lay(texts)
	for _, out := range left {
		p.note("%s as staff released it is left out: %v", out.Entry, out.Why)
		delete(texts, out.Entry)
	}
	return content.Edited(content.Shipped(), texts), lib, err
}

// asShipped is the library without edits.
func (p program) asShipped() (*content.Library, error) {
	if p.shipped != nil {
		return p.shipped.Library(), nil
	}
	return content.Load(content.Shipped())
}

// lay lays texts over the shipped library.
func (p program) lay(texts map[string]string) (*content.Library, []content.LeftOut, error) {
	if len(texts) == 0 && p.shipped != nil {
		return p.shipped.Library(), nil, nil
	}
	return content.Lay(content.Shipped(), texts)
}
