package clients

import (
	"context"
	"strings"
)

// Options of Install and Uninstall.
type Options struct {
	Print bool // only say what would change
	// Force replaces an entry of another program, and writes for a client that is
	// not installed.
	Force bool
}

// Change is what was done, or with Options.Print would be done.
type Change struct {
	Changed bool
	File    string
	Before  string // the entry's own text in the file, "" if there was none
	After   string // the same afterwards, "" if it was removed
	Backup  string // copy of the file as it was, "" if none was made
	Command string // the client's program that made the change, "" if the file was edited
	Note    string // what the person does now; "" if nothing changed
}

// Install puts e into the client's configuration, or brings it up to date. What
// the user added to our entry stays. The error is a *Problem; then nothing changed.
func (c Client) Install(ctx context.Context, e Entry, o Options) (Change, error) {
	if p := c.sys.check(e); p != nil {
		return Change{}, p
	}
	if c.onWindowsSide() && !o.Force {
		return Change{}, c.windowsProblem()
	}
	if !o.Print && !o.Force && !c.Found() {
		return Change{}, c.notInstalled()
	}
	fields := c.language.fields(e, c.sys)
	return c.change(ctx, o, plan{
		name: e.Name, entry: e, done: Same, fields: fields,
		edit:    func(text string) (string, error) { return c.language.merge(text, e.Name, fields) },
		command: func(entry string) []string { return []string{"mcp", "add-json", "--scope", "user", e.Name, entry} },
	})
}

// Uninstall takes the entry of that name out of the client's configuration.
// Nothing there is no error.
func (c Client) Uninstall(ctx context.Context, name string, o Options) (Change, error) {
	if !isPlainName(name) {
		return Change{}, c.sys.badEntry("the name must be 1 to 64 letters, digits, - or _")
	}
	return c.change(ctx, o, plan{
		name: name, entry: Entry{Name: name}, done: Absent,
		edit:    func(text string) (string, error) { return c.language.remove(text, name) },
		command: func(string) []string { return []string{"mcp", "remove", name, "-s", "user"} },
	})
}

// plan is one change of one entry.
type plan struct {
	name    string
	entry   Entry
	fields  []field
	done    State // the state to reach
	edit    func(text string) (string, error)
	command func(entry string) []string // arguments of the client's own program
}

func (c Client) change(ctx context.Context, o Options, p plan) (Change, error) {
	done := Change{File: c.file}
	doc, err := c.load()
	if err != nil {
		return Change{}, err
	}
	have, before, err := c.language.read(doc.text, p.name)
	if err != nil {
		return Change{}, c.textProblem(err)
	}
	done.Before, done.After = before, before
	state := stateOf(have, p.entry, p.fields)
	if state == p.done {
		return done, nil
	}
	if state == Foreign && !o.Force {
		return Change{}, c.foreignEntry(p.name, p.done == Absent)
	}
	base := doc.text
	if state == Foreign && p.done == Same {
		// The other program's variables are not for ours.
		if base, err = c.language.remove(base, p.name); err != nil {
			return Change{}, c.textProblem(err)
		}
	}
	text, after, err := c.edited(base, p)
	if err != nil {
		return Change{}, err
	}
	done.Changed, done.After, done.Note = true, after, c.sys.say(c.note[0], c.note[1])
	if p.done == Absent {
		done.Note = c.sys.say("켜져 있다면 다시 시작해 주세요.", "Restart it if it is running.")
	}
	if o.Print {
		return done, nil
	}
	if c.ID == "claude-desktop" && c.sys.Running(c.ID) {
		return Change{}, c.stillRunning()
	}
	if program := c.ownCommand(state, p); program != "" && c.runOwn(ctx, program, p, after) {
		done.Command = program
		return done, nil
	}
	if err := ctx.Err(); err != nil { // stopped meanwhile: the file is not a second try
		return Change{}, c.fileProblem("stopped", err)
	}
	if done.Backup, err = c.save(doc, text); err != nil {
		return Change{}, err
	}
	done.File = doc.path
	return done, nil
}

// edited returns the new text and the entry in it, having made sure that nothing
// else changed.
func (c Client) edited(text string, p plan) (changed, entry string, err error) {
	before, err := c.language.others(text, p.name)
	if err != nil {
		return "", "", c.textProblem(err)
	}
	if changed, err = p.edit(text); err != nil {
		return "", "", c.textProblem(err)
	}
	have, entry, err := c.language.read(changed, p.name)
	if err != nil {
		return "", "", c.textProblem(err)
	}
	after, err := c.language.others(changed, p.name)
	if err != nil {
		return "", "", c.textProblem(err)
	}
	if before != after || stateOf(have, p.entry, p.fields) != p.done {
		return "", "", c.textProblem(&textError{kind: wrongEdit, msg: "the edited text does not say what it should"})
	}
	return changed, strings.TrimSpace(entry), nil
}
