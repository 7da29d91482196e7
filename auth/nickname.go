package auth

import (
	"path/filepath"

	"kakaotalk-mcp/auth/ground/private"
)

// nickname is the consent item of the account's name. An app that has not set it up
// gets no login page at all (KOE205), so it is asked for only where that is known.
const nickname = "profile_nickname"

// nicknameFile names the app that has the nickname, by its REST API key. It outlives
// logins: the first one may come long after the set-up.
const nicknameFile = "nickname.app"

// AskNickname says whether the app has the nickname among its consent items, for
// this login and those of all processes to come.
func (s *Session) AskNickname(has bool) error {
	if has == s.asksNickname() {
		return nil
	}
	file := filepath.Join(s.cfg.Home, nicknameFile)
	write := func() error { return private.Write(file, []byte(s.cfg.ClientID)) }
	if !has {
		write = func() error { return private.Remove(file) }
	}
	if err := write(); err != nil {
		return s.homeProblem(err)
	}
	return nil
}

func (s *Session) asksNickname() bool {
	if s.cfg.Sandbox {
		return true // its app has it
	}
	app, err := private.Read(filepath.Join(s.cfg.Home, nicknameFile), int64(len(s.cfg.ClientID)))
	return err == nil && string(app) == s.cfg.ClientID
}

// learnNickname is AskNickname by how a login ended.
func (s *Session) learnNickname(has bool) {
	if err := s.AskNickname(has); err != nil {
		s.cfg.Log.Warn("not remembered whether the app has the nickname", "err", err)
	}
}
