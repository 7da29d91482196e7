package main

import (
	"errors"
	"fmt"

	"kakaotalk-mcp/viewer/tunnel"
)

// downKo says where a tunnel failed that will be tried again. Package tunnel has the
// English words, with the system's; the log has them in any language.
var downKo = map[tunnel.Step]string{
	tunnel.StepAddress: "알려 온 주소가 KAKAO_BASE_URL과 달라요.",
	tunnel.StepListen:  "KAKAO_VIEWER_ADDR의 주소를 열 수 없어요. 다른 프로그램이 쓰고 있을 수 있어요.",
	tunnel.StepStart:   "터널 프로그램을 실행하지 못했어요. KAKAO_TUNNEL의 명령을 확인해 주세요.",
	tunnel.StepProgram: "터널 프로그램이 끝났거나 주소를 알려 오지 않았어요.",
	tunnel.StepConnect: "서버에 연결하지 못했어요.",
	tunnel.StepSSH:     "서버와 SSH 연결을 맺지 못했어요.",
	tunnel.StepForward: "서버가 주소를 내주지 않았어요. 앞선 연결이 아직 남아 있을 수 있어요.",
	tunnel.StepLine:    "서버가 답하지 않거나 연결이 끊어졌어요.",
}

// stuckKo says what only a person can mend, where no error type does.
var stuckKo = map[tunnel.Step]string{
	tunnel.StepKey:        "터널의 키를 쓸 수 없어요. KAKAO_TUNNEL_KEY에는 암호가 걸려 있지 않고 본인만 읽을 수 있는(0600) 개인 키 파일을 적어 주세요",
	tunnel.StepKnownHosts: "설정 폴더의 known_hosts를 쓸 수 없어요. 파일을 확인하거나 지워 주세요",
	tunnel.StepHome:       "설정 폴더를 쓸 수 없어요. 권한과 남은 공간을 확인해 주세요",
}

// tunnelProblem words what only a person can mend.
func (a *app) tunnelProblem(err error) error {
	var key *tunnel.HostKeyError
	var auth *tunnel.AuthError
	var address *tunnel.AddressError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &key) && key.Changed:
		return fmt.Errorf(a.say("서버 %s의 키가 바뀌었어요(%s). 누군가 끼어들었을 수 있으니 관리자에게 확인한 다음 known_hosts에서 지워 주세요", "the key of %s changed (%s): somebody may be in between; ask its administrator, then remove the line from known_hosts"), key.Host, key.Fingerprint)
	case errors.As(err, &key):
		return fmt.Errorf(a.say("모르는 서버예요: %s (%s). 터미널에서 `%s tunnel`을 실행해 확인하거나 KAKAO_TUNNEL_HOSTKEY에 지문을 적어 주세요", "unknown server %s (%s): confirm it with `%s tunnel` in a terminal, or set KAKAO_TUNNEL_HOSTKEY"), key.Host, key.Fingerprint, a.sys.command())
	case errors.As(err, &auth):
		return fmt.Errorf(a.say("서버(%s)가 키를 받아들이지 않았어요. %s 계정의 authorized_keys에 이 줄을 넣어 주세요:\n%s", "%s refused the key: add this line to the authorized_keys of %s:\n%s"), auth.Host, auth.User, auth.PublicKey)
	case errors.As(err, &address):
		return fmt.Errorf(a.say("서버가 알려 준 주소(%[2]s)가 설정한 주소(%[1]s)와 달라서 멈췄어요. KAKAO_BASE_URL을 확인해 주세요", "the announced address (%[2]s) is not the configured one (%[1]s); check KAKAO_BASE_URL"), address.Want, address.Got)
	}
	if ko, ok := stuckKo[tunnel.StepOf(err)]; ok && a.lang == "ko" {
		return errors.New(ko)
	}
	return err
}
