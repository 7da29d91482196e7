package auth

import (
	"os"
	"testing"
	"time"
)

// The home can be gone while the keychain still has the login: what that lacks is asked
// for as ever.
func TestLoginWithoutTheHome(t *testing.T) {
	for name, spoil := range map[string]func(w *world, s *Session){
		"used up": func(w *world, _ *Session) { w.advance(7 * time.Hour) },
		"consent withdrawn": func(w *world, s *Session) {
			if err := s.save(w.Context(), w.record(s).without([]string{"talk_message"})); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.session()
			w.mustToken(s, ForMe)
			spoil(w, s)
			if err := os.RemoveAll(w.home); err != nil {
				t.Fatal(err)
			}
			rec, err := w.session().Login(t.Context(), LoginOptions{})
			if err != nil || !w.works(rec.Access) || w.opened() != 2 {
				t.Errorf("%v, %d tabs", err, w.opened())
			}
		})
	}
}
