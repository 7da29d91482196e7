package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"kakaotalk-mcp/auth/keychain"
)

// checkPrecedence looks for values that hide others: a key in the environment
// with another one in config.env, or a secret outside the token store.
func (a *app) checkPrecedence(ctx context.Context) finding {
	if a.practice != nil || a.broken != nil {
		return a.skip("확인할 설정이 없어요.", "There are no settings to compare.")
	}
	file := settings{home: a.settings.home, values: map[string]value{}}
	_ = file.addFile(filepath.Join(a.settings.home, "config.env"), fromConfig) // absent or unreadable: told by settings
	var hidden []string
	for _, n := range settingNames {
		now := a.settings.values[n.name]
		if other := file.get(n.name); other != "" && now.origin != fromConfig && strings.TrimRight(other, "/") != strings.TrimRight(now.text, "/") {
			hidden = append(hidden, fmt.Sprintf("%s (%s)", n.name, a.origin(now.origin)))
		}
	}
	if len(hidden) > 0 {
		return a.problem(warn, fmt.Sprintf(a.say("config.env와 다른 값이 먼저 쓰이고 있어요: %s", "Other values than those in config.env are used: %s"), strings.Join(hidden, ", ")),
			a.say("환경 변수가 먼저, --env-file이 그다음, config.env가 마지막이에요. 하나만 남겨 주세요.", "The environment comes first, then --env-file, then config.env. Keep one of them."))
	}
	secret := a.settings.values["KAKAO_CLIENT_SECRET"]
	if secret.text == "" {
		return a.pass("서로 가리는 설정이 없어요. 클라이언트 시크릿은 로그인 정보와 같은 곳에서 읽어요.", "No setting hides another; the client secret comes from where the login is kept.")
	}
	if a.session != nil {
		stored, err := a.store.Get(ctx, secretName(a.settings.get("KAKAO_CLIENT_ID")))
		if err == nil && string(stored) != secret.text {
			return a.problem(warn, fmt.Sprintf(a.say("%s의 KAKAO_CLIENT_SECRET이 저장된 시크릿과 다르고, 먼저 쓰여요.", "KAKAO_CLIENT_SECRET in the %s differs from the saved secret and comes first."), a.origin(secret.origin)),
				a.say("맞는 값 하나만 남겨 주세요.", "Keep the right one."))
		}
	}
	if secret.origin == fromEnvironment {
		return a.pass("클라이언트 시크릿은 환경 변수에서 읽어요.", "The client secret comes from the environment.")
	}
	where := a.say("키체인", "the keychain")
	if _, isFile := a.store.(*keychain.File); isFile {
		where = a.say("본인만 읽을 수 있는 파일", "a file that only you can read")
	}
	return a.problem(warn, fmt.Sprintf(a.say("클라이언트 시크릿이 설정 파일(%s)에 그대로 적혀 있어요.", "The client secret is written in a settings file (%s)."), secret.origin),
		fmt.Sprintf(a.say("그 줄을 지우고 `%s setup`으로 %s에 넣어 주세요.", "Remove that line and put it into %[2]s with `%[1]s setup`."), a.sys.command(), where))
}
