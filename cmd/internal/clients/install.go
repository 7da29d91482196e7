package clients

import (
	"context"
	"strings"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/cmd/internal/clients/formats"
)

// Options of Install and Uninstall.
type Options struct {
	Print bool // only say what would change; for Install it is Example
	// Force replaces an entry of another program, and writes for a client that is
	// not installed.
	Force bool
	// Approve lets a client that else refuses every call without a person, such as
	// `codex exec`, use the tools that reach nobody but the user.
	Approve bool
}

// Change is what was done, or with Options.Print would be done.
type Change struct {
	Changed bool
	File    string
	After   string // the entry's own text in the file, "" if it was removed; with Print the whole Example
	Backup  string // copy of the file as it was, "" if none was made
	Note    string // what the person does now; "" if nothing changed
	// Obstacles are what keeps the registered server from running or its tools from
	// being used, after Install.
	Obstacles []*problem.Problem
}

// Install puts e into the client's configuration, or brings it up to date. What
// the user added to our entry stays. The error is a *problem.Problem; then nothing
// changed.
func (c Client) Install(ctx context.Context, e Entry, o Options) (Change, error) {
	if err := c.sys.Check(e); err != nil {
		return Change{}, err
	}
	if o.Print {
		return Change{Changed: true, File: c.holding(e.Name).file, After: c.Example(e)}, nil
	}
	if c.ID == otherID {
		return Change{}, c.onlyPrinted()
	}
	if c.onWindowsSide() && !o.Force {
		return Change{}, c.windowsProblem()
	}
	if !o.Force && !c.Found() {
		return Change{}, c.notInstalled()
	}
	c = c.holding(e.Name)
	fields := c.shape.fields(e, c.sys)
	if o.Approve {
		fields = append(fields, c.approvals()...)
	}
	done, err := c.change(ctx, o, plan{
		name: e.Name, entry: e, done: Same, fields: fields,
		edit: func(text string) (string, error) { return c.format.Merge(text, e.Name, fields) },
	})
	if err == nil {
		done.Obstacles = c.Obstacles(e)
	}
	return done, err
}

// Uninstall takes the entry of that name out of the client's configuration, and
// gives the file back as it was if nothing else changed since. Nothing there is no
// error.
func (c Client) Uninstall(ctx context.Context, name string, o Options) (Change, error) {
	if !isPlainName(name) {
		return Change{}, c.sys.badEntry("the name must be 1 to 64 letters, digits, - or _")
	}
	if c.ID == otherID {
		return Change{}, c.onlyPrinted()
	}
	c = c.holding(name)
	done, err := c.change(ctx, o, plan{
		name: name, entry: Entry{Name: name}, done: Absent,
		edit: func(text string) (string, error) { return c.format.Remove(text, name) },
	})
	if next := c.holding(name); err == nil && done.Changed && !o.Print && next.file != c.file { // a second file has it too
		if again, err := next.Uninstall(ctx, name, o); err != nil || again.Changed {
			return again, err
		}
	}
	return done, err
}

// plan is one change of one entry.
type plan struct {
	name   string
	entry  Entry
	fields []formats.Field
	done   State // the state to reach
	edit   func(text string) (string, error)
}

func (c Client) change(ctx context.Context, o Options, p plan) (Change, error) {
	done := Change{File: c.file}
	if !o.Print {
		release, err := c.lock(ctx)
		if err != nil {
			return Change{}, err
		}
		defer release()
	}
	doc, err := c.load()
	if err != nil {
		return Change{}, err
	}
	have, before, err := c.read(doc.text, p.name)
	if err == nil && p.done == Same {
		err = c.refused(doc)
	}
	if err != nil {
		return Change{}, c.textProblem(err)
	}
	done.After = before
	state := c.shape.stateOf(have, p.entry, p.fields)
	if state == p.done {
		return done, nil
	}
	if state == Foreign && !o.Force {
		return Change{}, c.foreignEntry(p.name, p.done == Absent)
	}
	base := doc.text
	if state == Foreign && p.done == Same {
		// The other program's variables are not for ours.
		if base, err = c.format.Remove(base, p.name); err != nil {
			return Change{}, c.textProblem(err)
		}
	}
	text, after, err := c.edited(base, p)
	if err != nil {
		return Change{}, err
	}
	done.Changed, done.After, done.Note = true, after, c.sys.Lang.Say(c.note[0], c.note[1])
	if p.done == Absent {
		done.Note = c.sys.Lang.Say("켜져 있다면 다시 시작해 주세요.", "Restart it if it is running.")
	}
	if o.Print {
		return done, nil
	}
	if c.ID == "claude-desktop" && c.sys.Running(c.ID) {
		return Change{}, c.stillRunning()
	}
	done.File = doc.path
	if p.done == Absent {
		was, found, gone := c.before(doc, text, p.name)
		if gone {
			return done, c.drop(doc)
		}
		if found {
			text = was
		}
	}
	done.Backup, err = c.save(doc, text, state != Absent)
	return done, err
}

// edited returns the new text and the entry in it, having made sure that nothing
// else changed.
func (c Client) edited(text string, p plan) (changed, entry string, err error) {
	root, _, err := c.format.Open(text, p.name)
	if err != nil {
		return "", "", c.textProblem(err)
	}
	if changed, err = p.edit(text); err != nil {
		return "", "", c.textProblem(err)
	}
	now, entry, err := c.format.Open(changed, p.name)
	if err != nil {
		return "", "", c.textProblem(err)
	}
	have := c.format.Entry(now, p.name)
	if c.format.Others(root, p.name) != c.format.Others(now, p.name) || c.shape.stateOf(have, p.entry, p.fields) != p.done {
		return "", "", c.textProblem(&formats.Error{Kind: formats.WrongEdit, Msg: "the edited text does not say what it should"})
	}
	return changed, strings.TrimSpace(entry), nil
}
