package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// One word for one thing: what texts do not say, with what they say instead.
var (
	notKorean = []struct{ not, but string }{
		{`시험`, "테스트"}, {`진짜`, "실제"}, {`AI 비서`, "AI 클라이언트, AI"},
		{`받을 사람|보낼 사람|받는 친구|상대방|상대가|상대에게`, "받는 사람"},
		{`긴 글|보낼 글|글로만`, "긴 메시지, 내용"},
		{`아무것도|아무에게도`, "메시지를 보내지 않았어요"},
		{`[하으]셔|하셨|드려요|드릴`, "-시-와 드려요 없이"},
		{`님님|님께`, "~님에게"},
		{`은\(는\)|을\(를\)|이\(가\)|와\(과\)|\(으\)로|\(이\)라`, "문장을 바꿔 값을 뒤에"},
		{`되었|쓰였|쓰이고|쓰이는|쓰여요`, "됐, 사용, 적용"},
		{`심사 전`, "심사를 받지 않은"}, {`앱 주인`, "앱 소유자"},
		{`카카오 콘솔`, "카카오디벨로퍼스 콘솔"}, {`카카오가 `, "사람이 하고 상태가 있다"},
		{`이전 파일`, "백업"}, {`(^|[^응])답(이 [와오]|을 받|했어)`, "응답"},
		{`저절로|잠시 뒤|조금 뒤|쉼표로 나누`, "자동으로, 잠시 후, 쉼표로 구분"},
		{`닉네임`, "프로필 이름 ([닉네임]은 콘솔의 이름)"}, {`확인 없이`, "항상 허용, 묻지 않고"},
		{`확인 질문|질문 창`, "확인 창"}, {`로그인이 돌아|먼저 쓰`, "로그인을 마치다, 우선하다"},
		{`동의가 없|동의가 필요해요\(`, "동의하지 않았어요"}, {`리다이렉트 주소|돌아오는 주소`, "리다이렉트 URI"},
		{`바꿔치기|손님|나쁜 웹`, "변조된, 초대받은 친구, 악성"},
	}
	notEnglish = []struct{ not, but string }{
		{`\b[Rr]eceivers?\b`, "recipient"}, {`\b[Nn]obody\b|\b[Ss]omebody\b`, "no one, someone"}, {`[Nn]othing was sent`, "The message was not sent"},
		{`\bgot it\b|did not get it`, "Delivered to"}, {`\bwhom\b|\bfor ever\b|\bmeanwhile\b|\b[Mm]end\b|[Ss]o here are`, "plain words"},
		{`\blies (in|there)\b|\btake over\b|\btaken over\b|\bunder way\b`, "is in, import, in progress"},
		{`\brehears|\bsandbox\b`, "practice"}, {`\bprofile nicknames?\b|\bnicknames?\b`, "profile name"}, {`Kakao's console`, "Kakao Developers console"},
		{`\bin a while\b|passing (fault|problem)`, "in a moment, temporary"}, {`Kakao does not know|logins? comes? back`, "people act, things have a state"},
		{`1 friends\b|\b1 messages\b`, "1 friend"}, {`\bconsents? (is|are) given|\bcustomer centre\b`, "agreed to"},
	}
)

// kept are names that the console has, options, and code.
var kept = regexp.MustCompile("\\[(닉네임|Nickname)\\]|--[a-z-]+|`[^`\n]*`")

func reject(t *testing.T, at, text string, list []struct{ not, but string }) {
	t.Helper()
	bare := kept.ReplaceAllString(text, "")
	for _, w := range list {
		if found := regexp.MustCompile(w.not).FindString(bare); found != "" {
			t.Errorf("%s: %q, say %s:\n%s", at, found, w.but, text)
		}
	}
}

func hasHangul(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

// TestOneWordForOneThing holds the words that were given up out of everything that
// people and models read.
func TestOneWordForOneThing(t *testing.T) {
	root, texts := filepath.Join("..", "..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (name == ".git" || name == ".ci" || name == "testdata" || name == "findings" || name == "e2e" || strings.HasSuffix(name, "test")):
			return filepath.SkipDir
		case strings.HasSuffix(name, "_test.go"), strings.HasSuffix(path, filepath.Join("sandbox", "app.go")): // Kakao's own names of consent items
		case strings.HasSuffix(name, ".go"):
			texts += rejectSource(t, path)
		case name == "page.html", name == "page.js", name == "rooms.html", name == "consent.html", name == "install.sh", name == "install.ps1", name == "manifest.json",
			name == "README.md", name == "README.en.md", name == "SECURITY.md", strings.HasPrefix(name, "templates."):
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(raw)) {
				switch {
				case hasHangul(line):
					reject(t, path, line, notKorean)
				case strings.HasSuffix(name, ".en.md"), name == "SECURITY.md":
					reject(t, path, line, notEnglish)
				}
				texts++
			}
		}
		return nil
	})
	if err != nil || texts < 2000 {
		t.Errorf("looked at %d texts: %v", texts, err)
	}
}

// rejectSource looks at the Korean texts of a Go file and the English ones beside
// them.
func rejectSource(t *testing.T, path string) (texts int) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	beside := func(list []ast.Expr) {
		for i, e := range list {
			text, _ := literal(e)
			if !hasHangul(text) || i+1 == len(list) {
				continue
			}
			if english, ok := literal(list[i+1]); ok && !hasHangul(strings.SplitN(english, "[", 2)[0]) {
				reject(t, set.Position(e.Pos()).String(), english, notEnglish)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			text, _ := literal(n)
			if strings.Contains(text, "`kakaotalk-mcp ") {
				t.Errorf("%s: a command to paste needs the name by which the program can be called here:\n%s", set.Position(n.Pos()), text)
			}
			if hasHangul(text) {
				reject(t, set.Position(n.Pos()).String(), text, notKorean)
				texts++
			}
		case *ast.CallExpr:
			beside(n.Args)
		case *ast.CompositeLit:
			beside(n.Elts)
		}
		return true
	})
	return texts
}
