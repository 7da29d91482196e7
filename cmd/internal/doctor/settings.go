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
		return d.skip("비교할 설정이 없어요.", "There are no settings to compare.")
	}
	var hidden []string
	for _, id := range d.Settings.Hidden() {
		hidden = append(hidden, fmt.Sprintf("%s (%s)", id, d.Origin(d.Settings.Origin(id))))
	}
	if len(hidden) > 0 {
		return d.problem(Warn, d.Lang.Sayf("config.env보다 우선 적용된 값이 있어요: %s", "These take precedence over config.env: %s", strings.Join(hidden, ", ")),
			d.Lang.Say("환경 변수, --env-file, config.env 순서로 적용돼요. 한 곳에만 적어 주세요.", "The order is environment, --env-file, config.env. Set it in only one place."))
	}
	secret, origin := d.Settings.ClientSecret, d.Settings.Origin(config.ClientSecret)
	if secret == "" {
		return d.pass("서로 충돌하는 설정이 없어요.", "No conflicting settings.")
	}
	if d.Session != nil {
		stored, err := d.Store.Get(ctx, d.SecretName())
		if err == nil && string(stored) != secret {
			return d.problem(Warn, d.Lang.Sayf("%s의 KAKAO_CLIENT_SECRET이 저장된 시크릿과 다르고, 우선 적용돼요.", "KAKAO_CLIENT_SECRET in the %s differs from the saved secret and takes precedence.", d.Origin(origin)),
				d.Lang.Say("맞는 값 하나만 남겨 주세요.", "Keep only the correct one."))
		}
	}
	if origin == config.FromEnvironment {
		return d.pass("서로 충돌하는 설정이 없어요. 클라이언트 시크릿은 환경 변수의 값이 적용돼요.", "No conflicting settings. The client secret comes from the environment.")
	}
	where := d.Lang.Say("키체인", "the keychain")
	if d.Store.Kind() == config.KeptInFile {
		where = d.File()
	}
	return d.problem(Warn, d.Lang.Sayf("클라이언트 시크릿이 설정 파일(%s)에 그대로 적혀 있어요.", "The client secret is written in a settings file (%s).", origin),
		d.Lang.Sayf("그 줄을 지우고 `%s setup`을 실행해 저장해 주세요(저장 위치: %s).", "Remove that line and save it with `%s setup` (in %s).", d.Env.Command(), where))
}
