package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSettingsFile(t *testing.T) {
	for _, tt := range []struct {
		name, file, want string // want is in the error, "" for none
		check            func(*Settings) bool
	}{
		{"a comment in the place of a value", "KAKAO_BASE_URL= # https://talk.example.com\n", "", func(s *Settings) bool { return s.BaseURL == "" }},
		{"two number signs", "KAKAO_PAGE_URL=https://talk.example.com/ # one # two\n", "", func(s *Settings) bool { return s.PageURL == "https://talk.example.com/" }},
		{"a dollar sign", "KAKAO_LOG_FILE=/tmp/$HOME.log\n", "", func(s *Settings) bool { return filepath.Base(s.LogFile) == "$HOME.log" }},
		{"a name alone", "DEBUG\nKAKAO_LANG=en\n", "", func(s *Settings) bool { return s.Lang == "en" }},
		{"a setting's name alone", "KAKAO_LANG=en\nKAKAO_READ_ONLY\n", "line 2", nil},
		{"a setting's name and a colon", "kakao_allow:엄마\n", "line 1", nil},
		{"another program's name", "SERVICE-NAME=x\nKAKAO_LANG=en\n", "", func(s *Settings) bool { return s.Lang == "en" }},
		{"what a client has not filled in", "KAKAO_ALLOW=${KAKAO_ALLOW}\n", "", func(s *Settings) bool { return !s.Allow.Set }},
		{"a line that is none", "KAKAO_LANG=en\n\nKAKAO_ALLOW 엄마\n", "line 3", nil},
		{"a quote that does not end", "KAKAO_LANG=en\nKAKAO_ALLOW='엄마\n", "line 2", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			if err := os.WriteFile(filepath.Join(home, fileName), []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := load(home, "KAKAO_LANG=en")
			switch {
			case tt.want == "" && (err != nil || !tt.check(s)):
				t.Errorf("%v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "엄마")):
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}
