package config

import (
	"errors"
	"fmt"
	"io/fs"

	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/auth/ground/wording"
	"kakaotalk-mcp/viewer/tunnel"
)

// Problem is a value or settings file nothing can work with, in both languages:
// which one to use is a setting too. It never holds a secret's value.
type Problem struct {
	ko, en string
	cause  error // or nil
}

func (p *Problem) Error() string { return p.en }

func (p *Problem) Unwrap() error { return p.cause }

// problemf words a Problem with the same arguments in both languages.
func problemf(ko, en string, args ...any) *Problem {
	return &Problem{fmt.Sprintf(ko, args...), fmt.Sprintf(en, args...), nil}
}

// worded puts a Problem in the language of its reader.
func worded(err error, lang wording.Lang) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		text := lang.Say(p.ko, p.en)
		return &Problem{text, text, p.cause}
	}
	return err
}

func badTunnel(err error) *Problem {
	if p := commandProblem("KAKAO_TUNNEL", err); p != nil {
		return p
	}
	if errors.Is(err, tunnel.ErrPassword) {
		return problemf("KAKAO_TUNNEL: ssh:// 주소에는 비밀번호를 적지 않아요. 로그인에는 키(KAKAO_TUNNEL_KEY)를 사용해요", "KAKAO_TUNNEL: an ssh:// address has no password. Login uses a key (KAKAO_TUNNEL_KEY)")
	}
	return problemf("KAKAO_TUNNEL은 off, external, srv.us, ssh://사용자@서버?bind=127.0.0.1:9000(또는 ?socket=/절대/경로), exec:프로그램 중 하나여야 해요",
		"KAKAO_TUNNEL must be off, external, srv.us, ssh://user@host?bind=127.0.0.1:9000 (or ?socket=/absolute/path) or exec:PROGRAM")
}

// commandProblem words why the command that name holds cannot be taken apart; nil
// for other errors.
func commandProblem(name string, err error) *Problem {
	switch {
	case errors.Is(err, tunnel.ErrNoProgram):
		return problemf("%s: 실행할 프로그램을 적어 주세요", "%s: enter the program to run", name)
	case errors.Is(err, tunnel.ErrOpenQuote):
		return problemf("%s: 명령의 따옴표가 닫히지 않았어요", "%s: a quote in the command is not closed", name)
	case errors.Is(err, tunnel.ErrLineBreak):
		return problemf("%s: 명령은 한 줄로 적어 주세요", "%s: the command must be one line", name)
	}
	return nil
}

// Command takes a command apart that the option or setting called name holds.
func Command(name, command string, lang wording.Lang) ([]string, error) {
	words, err := tunnel.Words(command)
	if p := commandProblem(name, err); p != nil {
		err = p
	}
	return words, worded(err, lang)
}

func unreadable(err error) *Problem {
	return fileProblem("설정 파일을 불러오지 못했어요: ", "settings file: ", err)
}

// fileProblem words what the system said of a settings file; what there is no better
// word for begins with ko or en.
func fileProblem(ko, en string, err error) *Problem {
	if known := problem.OfFile(wording.Korean, err); known != nil {
		return &Problem{known.Error(), problem.OfFile(wording.English, err).Error(), err}
	}
	said := err
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		said = e // without our own words around it
	}
	return &Problem{ko + problem.InWords(wording.Korean, said), en + said.Error(), err}
}

func tooLarge(path string) *Problem {
	return problemf("설정 파일이 너무 커요: %s (최대 %d바이트)", "The settings file is too large: %s (at most %d bytes)", path, maxFile)
}

func notChangeable(id ID) *Problem {
	return problemf("config.env에서 %s 말고 다른 값까지 바뀌게 되어 저장하지 않았어요. 직접 고쳐 주세요", "config.env was not saved, because more than %s would change. Please edit it by hand", id.Name())
}
