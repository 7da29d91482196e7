package tunnel

import (
	"sync"

	"kakaotalk-mcp/auth/ground/wording"
)

// Sentence tells in one sentence whether the tunnel is up and, if not, why.
func (s State) Sentence(l wording.Lang) string {
	f, known := failures()[s.Failed]
	switch {
	case s.Up:
		return l.Sayf("터널이 연결되어 있어요: %s", "The tunnel is connected: %s", s.URL)
	case known:
		return l.Sayf("터널이 연결되어 있지 않아요: %s", "The tunnel is not connected: %s", l.Say(f.why.ko, f.why.en))
	case s.LastError != "":
		return l.Say("터널이 연결되어 있지 않아요.", "The tunnel is not connected.")
	case !s.Held:
		return l.Say("터널을 연결한 프로그램이 없어요.", "No program has connected the tunnel.")
	}
	return l.Say("터널을 연결하고 있어요.", "The tunnel is being connected.")
}

// Elsewhere tells in a sentence where an SSH server takes visitors, if that is not
// where it was asked to; else "".
func (s State) Elsewhere(l wording.Lang) string {
	switch {
	case s.Listens == "":
		return ""
	case s.Guessed:
		return l.Sayf("서버가 요청한 주소가 아니라 %s에서 연결을 받고 있을 수 있어요(확인하지 못함). 서버의 프록시가 전달하는 주소를 확인해 주세요.",
			"The server probably takes connections at %s instead of the requested address (this could not be checked). Check where its proxy forwards to.", s.Listens)
	}
	return l.Sayf("서버가 요청한 주소가 아니라 %s에서 연결을 받고 있어요. 서버의 프록시가 이 주소로 전달하게 해 주세요.",
		"The server takes connections at %s instead of the requested address. Make its proxy forward to this address.", s.Listens)
}

// Why tells what went wrong at the step, as a sentence; "" for an unknown one.
func (s Step) Why(l wording.Lang) string { return failures()[s].why.in(l) }

// Next tells what a person can do about it, as a sentence; "" where waiting is all.
func (s Step) Next(l wording.Lang) string { return failures()[s].next.in(l) }

// Retried reports whether a failure at the step is tried again by itself.
func (s Step) Retried() bool {
	switch s {
	case "", StepHome, StepKey, StepKnownHosts, StepHostKey, StepLogin:
		return false
	}
	return true
}

// pair is a text in both languages.
type pair struct{ ko, en string }

func (p pair) in(l wording.Lang) string { return l.Say(p.ko, p.en) }

var failures = sync.OnceValue(func() map[Step]failure {
	return map[Step]failure{
		StepHome: {
			pair{"설정 폴더를 사용할 수 없어요.", "The settings folder cannot be used."},
			pair{"권한과 남은 공간을 확인해 주세요.", "Check its permissions and the free space."},
		},
		StepKey: {
			pair{"터널의 키를 사용할 수 없어요.", "The key of the tunnel cannot be used."},
			pair{"KAKAO_TUNNEL_KEY에는 암호가 없고 본인만 읽을 수 있는(0600) 개인 키 파일을 적어 주세요.", "KAKAO_TUNNEL_KEY must name a private key without a passphrase that only you can read (0600)."},
		},
		StepKnownHosts: {
			pair{"설정 폴더의 known_hosts를 사용할 수 없어요.", "known_hosts in the settings folder cannot be used."},
			pair{"파일을 확인하거나 지워 주세요.", "Check the file, or remove it."},
		},
		StepListen: {
			pair{"KAKAO_VIEWER_ADDR의 주소를 열 수 없어요.", "The address in KAKAO_VIEWER_ADDR cannot be opened."},
			pair{"다른 프로그램이 사용하고 있을 수 있어요.", "Another program may be using it."},
		},
		StepStart: {
			pair{"터널 프로그램을 실행하지 못했어요.", "The tunnel program could not be started."},
			pair{"KAKAO_TUNNEL에 프로그램의 전체 경로를 적어 주세요.", "Set KAKAO_TUNNEL to the full path of the program."},
		},
		StepProgram: {why: pair{"터널 프로그램이 종료됐거나 주소를 출력하지 않았어요.", "The tunnel program ended, or printed no address."}},
		StepConnect: {why: pair{"서버에 연결하지 못했어요.", "Could not reach the server."}},
		StepHostKey: {why: pair{"서버의 키가 확인되지 않았거나 바뀌었어요.", "The key of the server is unknown or has changed."}},
		StepLogin:   {why: pair{"서버에 이 컴퓨터의 키가 등록되어 있지 않아요.", "The key of this computer is not registered with the server."}},
		StepSSH:     {why: pair{"서버에 SSH로 연결하지 못했어요.", "Could not connect to the server over SSH."}},
		StepForward: {
			pair{"서버가 포트 전달을 거절했어요.", "The server refused to forward the port."},
			pair{"이전 연결이 아직 남아 있을 수 있어요.", "An earlier connection may still be open."},
		},
		StepAddress: {
			pair{"터널의 주소가 KAKAO_BASE_URL과 달라요.", "The address of the tunnel differs from KAKAO_BASE_URL."},
			pair{"KAKAO_BASE_URL을 확인해 주세요.", "Check KAKAO_BASE_URL."},
		},
		StepLine: {why: pair{"서버의 응답이 없거나 연결이 끊겼어요.", "The server does not respond, or the connection was lost."}},
	}
})

type failure struct{ why, next pair }
