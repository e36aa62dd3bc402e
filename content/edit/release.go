package edit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pufa/content"
	"pufa/staff"
)

// Judge makes the library as it would be with texts, Markdown by id, over what
// is released now; only the texts are read. What is wrong it returns as ErrBad,
// all at once.
func (d *Desk) Judge(ctx context.Context, edits map[string]string) (*content.Library, error) {
	now, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	return d.judge(now, edits, func() (*content.Library, error) {
		return now.lib.With(content.Edited(nil, edits).Files)
	})
}

// current is what residents read: the library, the released texts in it, and
// its number.
type current struct {
	lib    *content.Library
	texts  map[string]string
	laid   map[string]Version // those of texts
	stored map[string]Version // laid, and those that the library does without
	asked  asked
	number int64
}

func (d *Desk) current(ctx context.Context) (current, error) {
	number, err := d.Shelf.Version(ctx)
	if err != nil {
		return current{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last.lib != nil && d.last.number == number {
		return d.last.clone(), nil // reading every file again takes a quarter of a second
	}
	released, number, err := d.Shelf.Laid(ctx)
	if err != nil {
		return current{}, err
	}
	if d.last.lib == nil || !maps.Equal(released, d.last.stored) {
		if d.last, err = d.lay(released); err != nil {
			return current{}, err
		}
	}
	d.last.number = number // an approval raises it too, and changes no text
	return d.last.clone(), nil
}

// lay loads the shipped library with what is released over it.
func (d *Desk) lay(released map[string]Version) (current, error) {
	texts := make(map[string]string, len(released))
	for id, v := range released {
		texts[id] = v.Text
	}
	lib, out, err := content.Lay(d.Base, texts)
	if err != nil {
		return current{}, err
	}
	laid := maps.Clone(released)
	for _, o := range out {
		delete(texts, o.Entry)
		delete(laid, o.Entry)
	}
	return current{lib: lib, texts: texts, laid: laid, stored: released, asked: newAsked(lib)}, nil
}

// clone is one whose texts may be changed.
func (c current) clone() current {
	c.texts, c.laid = maps.Clone(c.texts), maps.Clone(c.laid)
	return c
}

// NewIntake looks at what comes from outside beside what residents read now.
func (d *Desk) NewIntake(ctx context.Context) (*Intake, error) {
	now, err := d.current(ctx)
	if err != nil {
		return nil, fmt.Errorf("read library: %w", err)
	}
	return &Intake{library: now.lib, asked: now.asked, Inspect: d.Inspect}, nil
}

// judge loads a library and looks at what is edited in it.
func (d *Desk) judge(now current, edits map[string]string, load func() (*content.Library, error)) (*content.Library, error) {
	var problems []error
	for id := range edits {
		if !content.ValidID(id) {
			problems = append(problems, fmt.Errorf("%q is no id: want TOPIC/SLUG, in small letters, digits and -", id))
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrBad, errors.Join(problems...))
	}
	lib, err := load()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBad, err)
	}
	var edited []*content.Entry
	for _, id := range slices.Sorted(maps.Keys(edits)) {
		if e, ok := lib.Entry(id); ok { // or it is taken back, and not shipped
			edited = append(edited, e)
		}
	}
	asked := now.asked.over(edits, edited)
	for _, e := range edited {
		problems = append(problems, asked.twice(e)...)
		if d.Inspect != nil {
			problems = append(problems, d.Inspect(lib, e))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBad, err)
	}
	return lib, nil
}

// Release lets residents read checked versions, all of them or none. It takes
// the role 审核, of somebody who wrote none of them. Questions that would be
// answered worse are a *WorseError unless override gives the reason; they are
// returned in any case.
func (d *Desk) Release(ctx context.Context, who staff.Account, override string, picks ...Pick) ([]Worse, error) {
	if err := may(who, staff.Reviewer); err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	if override != "" {
		if err := checkReason(override); err != nil {
			return nil, fmt.Errorf("release: %w", err)
		}
	}
	var worse []Worse
	err := d.again(func() (err error) {
		worse, err = d.release(ctx, who, strings.TrimSpace(override), picks)
		return err
	})
	if err != nil {
		return worse, fmt.Errorf("release: %w", err)
	}
	return worse, nil
}

// again does what must be judged anew when the library changed meanwhile.
func (d *Desk) again(do func() error) error {
	var err error
	for range tries {
		if err = do(); !errors.Is(err, ErrMoved) {
			return err
		}
	}
	return err
}

func (d *Desk) release(ctx context.Context, who staff.Account, override string, picks []Pick) ([]Worse, error) {
	var changes []Change
	var list []Version
	for _, p := range picks {
		h, v, err := d.pick(ctx, p, Checked)
		if err != nil {
			return nil, err
		}
		if v.Number < h.Released {
			return nil, fmt.Errorf("%w: %s is older than what residents read, version %d", ErrState, v.Name(), h.Released)
		}
		if err := d.notOwn(who, &v); err != nil {
			return nil, fmt.Errorf("%s: %w", v.Name(), err)
		}
		v.State, v.Releaser, v.ReleasedAt, v.Override = Released, who.Name, d.now(), override
		c := h.change(p.Entry, v)
		c.Now.Released, c.Lay = v.Number, &v
		changes, list = append(changes, c), append(list, v)
	}
	if len(changes) == 0 {
		return nil, ErrNone
	}
	worse, library, err := d.wouldBe(ctx, changes)
	if err != nil {
		return nil, err
	}
	did := "release entry"
	if len(worse) > 0 {
		if override == "" {
			return worse, &WorseError{worse}
		}
		did = "release entry although questions get worse"
	}
	return worse, d.Shelf.KeepEdits(ctx, changes, library, d.step(who, did, list, override))
}

// wouldBe judges the library that changes would make: the questions that get
// worse, and the number of the library that it was compared with.
func (d *Desk) wouldBe(ctx context.Context, changes []Change) ([]Worse, int64, error) {
	now, err := d.current(ctx)
	if err != nil {
		return nil, 0, err
	}
	edits := map[string]string{}
	for _, c := range changes {
		delete(now.texts, c.Now.Entry)
		edits[c.Now.Entry] = ""
		if c.Lay != nil {
			now.texts[c.Now.Entry] = c.Lay.Text
			edits[c.Now.Entry] = c.Lay.Text
		}
	}
	// What residents are to read is loaded whole, from the first file on.
	after, err := d.judge(now, edits, func() (*content.Library, error) {
		return content.Load(content.Edited(d.Base, now.texts))
	})
	if err != nil || d.Gate == nil {
		return nil, now.number, err
	}
	worse, err := d.Gate(ctx, now.lib, after)
	return worse, now.number, err
}

// Rollback lets residents read an earlier release again; 0 is the shipped text
// or, for an entry that is not shipped, none. It takes the role 审核 and a
// reason. It is the mend for a mistake: questions that get worse are returned
// and do not stop it. An entry on which others rest cannot go.
func (d *Desk) Rollback(ctx context.Context, who staff.Account, entry string, to int, reason string) ([]Worse, error) {
	err := may(who, staff.Reviewer)
	if err == nil {
		err = checkReason(reason)
	}
	var worse []Worse
	if err == nil {
		err = d.again(func() (err error) {
			worse, err = d.rollback(ctx, who, entry, to, reason)
			return err
		})
	}
	if err != nil {
		return worse, fmt.Errorf("roll back %s: %w", entry, err)
	}
	return worse, nil
}

func (d *Desk) rollback(ctx context.Context, who staff.Account, entry string, to int, reason string) ([]Worse, error) {
	h, err := d.Shelf.History(ctx, entry)
	if err != nil {
		return nil, err
	}
	c := Change{Was: h.Head, Now: h.Head}
	c.Now.Released, c.Now.Changes = to, h.Changes+1
	if h.Released == to {
		return nil, fmt.Errorf("%w: residents read version %d already", ErrState, to)
	}
	if to != 0 {
		v, ok := h.Version(to)
		if !ok {
			return nil, fmt.Errorf("%w: %s#%d", ErrNone, entry, to)
		}
		if v.State != Released {
			return nil, fmt.Errorf("%w: %s is %s and was never released", ErrState, v.Name(), v.State)
		}
		c.Lay = &v
	}
	worse, library, err := d.wouldBe(ctx, []Change{c})
	if err != nil {
		return nil, err
	}
	step := d.step(who, "roll back entry", []Version{{Entry: entry, Number: to}}, reason)
	return worse, d.Shelf.KeepEdits(ctx, []Change{c}, library, step)
}
