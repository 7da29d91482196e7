package config

import (
	"errors"
	"fmt"
	"strings"

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
		return &said{lang.Say(p.ko, p.en), p.cause}
	}
	return err
}

// said is a Problem in one language.
type said struct {
	text  string
	cause error
}

func (s *said) Error() string { return s.text }

func (s *said) Unwrap() error { return s.cause }

func badServer(id ID) *Problem {
	return problemf("%s에는 https://로 시작하는 주소를 적어 주세요(http://는 이 컴퓨터의 주소만 돼요)", "%s must be https://HOST, or http:// on this computer only", id.Name())
}

func badBaseURL() *Problem {
	return problemf("KAKAO_BASE_URL에는 https://로 시작하는 공개 주소를 적어 주세요", "KAKAO_BASE_URL must be a public https:// address")
}

func badPageURL() *Problem {
	return problemf("KAKAO_PAGE_URL에는 https://로 시작하는 메시지 페이지 주소를 적어 주세요", "KAKAO_PAGE_URL must be the https:// address of the message page")
}

func badCallback() *Problem {
	return problemf("KAKAO_CALLBACK_URL에는 http://localhost:17654 같은 주소나 KAKAO_BASE_URL과 같은 주소를 적어 주세요", "KAKAO_CALLBACK_URL must be like http://localhost:17654, or equal to KAKAO_BASE_URL")
}

func badViewerAddr() *Problem {
	return problemf("KAKAO_VIEWER_ADDR에는 127.0.0.1:17655처럼 이 컴퓨터의 주소와 포트를 적어 주세요", "KAKAO_VIEWER_ADDR must be like 127.0.0.1:17655, on this computer only")
}

func badLinkHosts() *Problem {
	return problemf("KAKAO_LINK_HOSTS에는 https://example.com 같은 주소를 쉼표로 구분해 적어 주세요", "KAKAO_LINK_HOSTS must list addresses such as https://example.com, separated by commas")
}

func badImageDir() *Problem {
	return problemf("KAKAO_IMAGE_DIR에는 폴더의 전체 경로를 적어 주세요", "KAKAO_IMAGE_DIR must be the absolute path of a folder")
}

func badAllow() *Problem {
	return problemf("KAKAO_ALLOW에는 별칭이나 uuid를 쉼표로 구분해 적어 주세요", "KAKAO_ALLOW must list aliases or uuids, separated by commas")
}

func badChoice(id ID) *Problem {
	return problemf("%s 값은 이 중 하나여야 해요: %s", "%s must be one of: %s", id.Name(), strings.Join(id.Choices(), ", "))
}

func badHostKey() *Problem {
	return problemf("KAKAO_TUNNEL_HOSTKEY에는 서버 키의 지문을 SHA256:으로 시작하게 적어 주세요(서버에서 ssh-keygen -lf 키파일)", "KAKAO_TUNNEL_HOSTKEY must be the server key's fingerprint, SHA256:… (on the server: ssh-keygen -lf KEYFILE)")
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

func noHome() *Problem {
	return problemf("홈 폴더를 알 수 없어요. KAKAOTALK_MCP_HOME에 설정 폴더를 적어 주세요", "The home folder is unknown. Set KAKAOTALK_MCP_HOME")
}

func notText(path string) *Problem {
	return problemf("설정 파일 %s의 글자 인코딩을 알 수 없어요. 편집기에서 UTF-8로 저장해 주세요", "Settings file %s has an unknown text encoding. Save it as UTF-8 in an editor", path)
}

func unreadable(err error) *Problem {
	if held := problem.OfFile(wording.Korean, err); held != nil {
		return &Problem{held.Error(), problem.OfFile(wording.English, err).Error(), err}
	}
	return &Problem{"설정 파일을 불러오지 못했어요: " + err.Error(), "settings file: " + err.Error(), err}
}

func tooLarge(path string) *Problem {
	return problemf("설정 파일이 너무 커요: %s (최대 %d바이트)", "The settings file is too large: %s (at most %d bytes)", path, maxFile)
}

func notAFile(path string) *Problem {
	return problemf("설정 파일 위치에 폴더나 링크처럼 파일이 아닌 항목이 있어요: %s", "Settings file %s is not a regular file", path)
}

func tooManyReferences(path string) *Problem {
	return problemf("설정 파일의 값이 서로를 너무 많이 참조해요: %s", "The values of settings file %s refer to each other too often", path)
}

func notDotenv(path string, line int) *Problem {
	return problemf("설정 파일 %s의 %d번째 줄이 이름=값 형식이 아니에요", "Settings file %s: line %d is not in NAME=value form", path, line)
}

func othersFile(path string, uid int) *Problem {
	return problemf("다른 사용자의 폴더나 파일이라서 설정을 불러오지 않았어요: %s (uid %d). 그 사용자로 실행하거나 KAKAOTALK_MCP_HOME에 내 폴더를 적어 주세요",
		"The settings were not loaded: %s belongs to another user (uid %d). Run this as that user, or set KAKAOTALK_MCP_HOME to a folder of yours", path, uid)
}

func openFile(path string) *Problem {
	return problemf("다른 사용자가 바꿀 수 있어서 설정을 불러오지 않았어요: %s. chmod go-w로 다른 사용자의 쓰기 권한을 없애 주세요", "The settings were not loaded: others can change %s. Remove their write permission with chmod go-w", path)
}

func notOneLine(id ID) *Problem {
	return problemf("%s 값은 한 줄이어야 해요", "%s must be one line", id.Name())
}

func notWritable(id ID) *Problem {
	return problemf("%s 값에 ${…}가 있어서 설정 파일에 저장할 수 없어요. 환경 변수로 설정해 주세요", "%s: a value with ${…} cannot be saved in a settings file. Set it as an environment variable", id.Name())
}

func notChangeable(id ID) *Problem {
	return problemf("config.env에서 %s 말고 다른 값까지 바뀌게 되어 저장하지 않았어요. 직접 고쳐 주세요", "config.env was not saved, because more than %s would change. Please edit it by hand", id.Name())
}
