package cli

import "github.com/inconshreveable/mousetrap"

// OwnWindow reports whether a double click, a shortcut or the Startup folder of
// Windows started this process, in a console window that closes when it ends.
func (e *Env) OwnWindow() bool { return IsTerminal(e.Stdin) && mousetrap.StartedByExplorer() }
