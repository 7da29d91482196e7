package auth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/keychain"
)

// TestFileStoreCannotBeWritten: who chose the file store is told about the folder,
// not about a keychain that nobody asked for.
func TestFileStoreCannotBeWritten(t *testing.T) {
	w := newWorld(t)
	secrets := filepath.Join(w.home, "secrets")
	if err := os.WriteFile(secrets, nil, 0o600); err != nil { // no folder can be made there
		t.Fatal(err)
	}
	w.store = &faultyStore{Store: keychain.NewFile(secrets)}
	_, err := w.session().Token(t.Context(), Request{Purpose: ForMe})
	var p *problem.Problem
	if !errors.As(err, &p) || p.Reason != "home_unusable" || p.Retry != problem.AfterUser || !strings.Contains(p.What, w.home) || strings.Contains(p.Error(), "키체인") {
		t.Errorf("got %+v", err)
	}
}
