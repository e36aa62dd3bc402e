package main

import (
	"pufa/content"
	"pufa/handlers"
	"pufa/stats"
)

// Scene is a poster's code that counts, with the questions that its page
// answers.
func (b *board) Scene(id string) (handlers.Scene, bool) {
	s, ok := b.seen.Load().scenes[id]
	if !ok {
		return handlers.Scene{}, false
	}
	return handlers.Scene{ID: s.ID, Line: s.Line, Entries: questionsOf(b.library(), s)}, true
}

// questionsOf are the entries that a poster is about: those of its line first,
// then the others of its pack; without a pack those of its theme.
func questionsOf(lib *content.Library, s stats.Scene) (ids []string) {
	seen := map[string]bool{}
	add := func(list []string) {
		for _, id := range list {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	if pack, ok := lib.Pack(s.Pack); ok {
		for _, piece := range pack.Pieces {
			if piece.Poster == s.Line {
				add(piece.Entries)
			}
		}
		for _, piece := range pack.Pieces {
			add(piece.Entries)
		}
		return ids
	}
	for _, e := range lib.Entries() {
		for _, theme := range e.Themes {
			if theme == s.Theme {
				add([]string{e.ID})
			}
		}
	}
	return ids
}
