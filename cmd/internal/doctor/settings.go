package doctor

import (
	"context"
	"fmt"
	"strings"

	"kakaotalk-mcp/cmd/internal/config"
)

// checkPrecedence looks for values that hide others: a key in the environment
// with another one in config.env, or a secret outside the token store.
func (d *Doctor) checkPrecedence(ctx context.Context) Finding {
	if d.Sandbox != nil || d.Broken != nil {
		return d.skip("확인할 설정이 없어요.", "There are no settings to compare.")
	}
	var hidden []string
	for _, id := range d.Settings.Hidden() {
		hidden = append(hidden, fmt.Sprintf("%s (%s)", id, d.Origin(d.Settings.Origin(id))))
	}
	if len(hidden) > 0 {
		return d.problem(Warn, d.Lang.Sayf("config.env와 다른 값이 먼저 쓰이고 있어요: %s", "Other values than those in config.env are used: %s", strings.Join(hidden, ", ")),
			d.Lang.Say("환경 변수가 먼저, --env-file이 그다음, config.env가 마지막이에요. 하나만 남겨 주세요.", "The environment comes first, then --env-file, then config.env. Keep one of them."))
	}
	secret, origin := d.Settings.ClientSecret, d.Settings.Origin(config.ClientSecret)
	if secret == "" {
		return d.pass("서로 가리는 설정이 없어요. 클라이언트 시크릿은 로그인 정보와 같은 곳에서 읽어요.", "No setting hides another; the client secret comes from where the login is kept.")
	}
	if d.Session != nil {
		stored, err := d.Store.Get(ctx, d.SecretName())
		if err == nil && string(stored) != secret {
			return d.problem(Warn, d.Lang.Sayf("%s의 KAKAO_CLIENT_SECRET이 저장된 시크릿과 다르고, 먼저 쓰여요.", "KAKAO_CLIENT_SECRET in the %s differs from the saved secret and comes first.", d.Origin(origin)),
				d.Lang.Say("맞는 값 하나만 남겨 주세요.", "Keep the right one."))
		}
	}
	if origin == config.FromEnvironment {
		return d.pass("클라이언트 시크릿은 환경 변수에서 읽어요.", "The client secret comes from the environment.")
	}
	where := d.Lang.Say("키체인", "the keychain")
	if d.Store.Kind() == config.KeptInFile {
		where = d.File()
	}
	return d.problem(Warn, d.Lang.Sayf("클라이언트 시크릿이 설정 파일(%s)에 그대로 적혀 있어요.", "The client secret is written in a settings file (%s).", origin),
		d.Lang.Sayf("그 줄을 지우고 `%s setup`으로 %s에 넣어 주세요.", "Remove that line and put it into %[2]s with `%[1]s setup`.", d.Env.Command(), where))
}
