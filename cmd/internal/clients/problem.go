package clients

import (
	"errors"
	"fmt"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/problem"
	"kakaotalk-mcp/cmd/internal/clients/formats"
)

func (s System) badEntry(why string) *problem.Problem {
	return &problem.Problem{Reason: "bad_entry", Retry: problem.AfterUser, Err: errors.New(why),
		What: s.Lang.Say("등록할 항목이 올바르지 않아요.", "The entry is not valid."),
		Next: s.Lang.Say("프로그램을 설치한 위치에서 다시 실행해 주세요.", "Run the program from where it is installed.")}
}

func (s System) temporaryProgram() *problem.Problem {
	return &problem.Problem{Reason: "temporary_program", Retry: problem.AfterUser,
		What: s.Lang.Say("지금 실행한 프로그램은 임시 폴더에 있어서 곧 지워져요.", "This program is in a temporary folder and will soon be deleted."),
		Next: s.Lang.Say("install.sh로 설치하거나 `go install ./cmd/kakaotalk-mcp`를 실행한 다음, 설치된 프로그램으로 다시 등록해 주세요.",
			"Install it with install.sh or `go install ./cmd/kakaotalk-mcp`, then register it from there.")}
}

func (s System) secretInEntry() *problem.Problem {
	return &problem.Problem{Reason: "secret_in_entry", Retry: problem.AfterUser,
		What: s.Lang.Say("키나 시크릿은 다른 프로그램의 설정 파일에 저장하지 않아요.", "Keys and secrets are not saved in another program's settings."),
		Next: s.Lang.Sayf("`%s setup`으로 저장해 주세요.", "Save them with `%s setup`.", s.Program)}
}

// problem is about the client's file; line is 0 where none is at fault. The texts
// may hold a %s for the client's name.
func (c Client) problem(reason string, line int, what, next string) *problem.Problem {
	where := c.file
	if line > 0 {
		where = fmt.Sprintf("%s:%d", c.file, line)
	}
	return &problem.Problem{Reason: reason, Retry: problem.AfterUser, What: what + " (" + where + ")", Next: next}
}

func (c Client) notInstalled() *problem.Problem {
	return c.problem("not_installed", 0,
		c.sys.Lang.Sayf("이 컴퓨터에 %s 프로그램이 설치되어 있지 않은 것 같아요.", "%s does not seem to be installed on this computer.", c.Title),
		c.sys.Lang.Say("설치한 다음 한 번 실행하고 다시 등록해 주세요. 그래도 등록하려면 --force를 붙여 주세요.",
			"Install it, start it once and try again. To register anyway, add --force."))
}

func (c Client) windowsProblem() *problem.Problem {
	return &problem.Problem{Reason: "windows_side", Retry: problem.AfterUser,
		What: c.sys.Lang.Sayf("여기는 WSL이고, %s 앱은 Windows에서 실행돼서 Windows용 프로그램이 필요해요.", "This is WSL. %s runs on Windows and needs the Windows program.", c.Title),
		Next: c.sys.Lang.Sayf("Windows에 kakaotalk-mcp.exe를 설치하고 PowerShell에서 `kakaotalk-mcp.exe install %s` 명령을 실행해 주세요.",
			"Install kakaotalk-mcp.exe on Windows and run `kakaotalk-mcp.exe install %s` in PowerShell.", c.ID)}
}

// onlyPrinted: of a client that is not in the table no file is known.
func (c Client) onlyPrinted() *problem.Problem {
	return &problem.Problem{Reason: "unknown_client", Retry: problem.AfterUser,
		What: c.sys.Lang.Say("이 클라이언트의 설정 파일 위치를 알 수 없어요.", "It is not known where this client stores its settings."),
		Next: c.sys.Lang.Sayf("`%s install other --print`로 나오는 내용을 직접 넣어 주세요.", "Add what `%s install other --print` shows by hand.", c.sys.Program)}
}

func (c Client) stillRunning() *problem.Problem {
	return c.problem("running", 0,
		c.sys.Lang.Sayf("%s 앱이 실행 중이라 설정을 바꾸지 않았어요. 지금 바꾸면 내용이 사라질 수 있어요.", "%s is running, so its settings were not changed. It could overwrite the change.", c.Title),
		c.sys.Lang.Say("앱을 완전히 종료한 다음 다시 실행해 주세요.", "Quit it completely, then try again."))
}

// foreignEntry: --force is for putting ours in its place. Taking somebody else's
// out is not this program's business.
func (c Client) foreignEntry(name string, remove bool) *problem.Problem {
	if remove {
		return c.problem("foreign_entry", 0,
			c.sys.Lang.Sayf("%s 설정의 %s 항목을 바꾸지 않았어요. 이 프로그램이 등록한 항목이 아니에요.", "%s has an entry %s that this program did not register, so it was not changed.", c.Title, name),
			c.sys.Lang.Say("지우려면 그 파일에서 직접 지워 주세요.", "To remove it, edit that file."))
	}
	return c.problem("foreign_entry", 0,
		c.sys.Lang.Sayf("%s 설정에 이름이 %s인 다른 프로그램이 이미 있어요.", "%s already has another program named %s.", c.Title, name),
		c.sys.Lang.Say("그 항목을 바꾸려면 --force를 붙여 주세요.", "To replace that entry, add --force."))
}

// wrongWords are what is wrong with a text, Korean and English.
var wrongWords = [...][2]string{
	formats.WrongSyntax:   {"문법이 맞지 않는 곳이 있어요.", "It has a syntax error."},
	formats.WrongShape:    {"고칠 수 없는 형식이 있어요.", "It uses a form that this program does not edit."},
	formats.WrongTwice:    {"같은 이름이 두 번 나와요.", "It has the same name twice."},
	formats.WrongEdit:     {"고친 결과를 확인하지 못했어요.", "The result did not pass the check."},
	formats.WrongMark:     {"파일 맨 앞에 BOM이 있어요.", "It starts with a byte order mark."},
	formats.WrongComment:  {"주석이 있어요.", "It has a comment."},
	formats.WrongTrailing: {"마지막 항목 뒤에 쉼표가 있어요.", "It has a comma after the last item."},
}

// textProblem words a file whose content cannot be read or edited, or that the
// client itself refuses.
func (c Client) textProblem(err error) *problem.Problem {
	var text *formats.Error
	if !errors.As(err, &text) {
		text = &formats.Error{Kind: formats.WrongSyntax}
	}
	reason, what := "content", c.sys.Lang.Sayf("%s 설정 파일을 안전하게 고칠 수 없어서 바꾸지 않았어요.", "The settings file of %s cannot be edited safely, so it was not changed.", c.Title)
	if text.Kind >= formats.WrongMark {
		reason, what = "refused_file", c.sys.Lang.Sayf("%s 프로그램이 지금 설정 파일을 불러오지 못해서 바꾸지 않았어요.", "%s cannot load its settings file as it is now, so it was not changed.", c.Title)
	}
	words := wrongWords[text.Kind]
	p := c.problem(reason, text.Line, what+" "+c.sys.Lang.Say(words[0], words[1]),
		c.sys.Lang.Sayf("그 부분을 고치고 다시 시도하거나, `%s install %s --print`로 나오는 내용을 직접 넣어 주세요.", "Fix that and try again, or add what `%s install %s --print` shows by hand.", c.sys.Program, c.ID))
	p.Err = err
	return p
}

// fileProblem words a file that cannot be read or written as a whole.
func (c Client) fileProblem(reason string, err error) *problem.Problem {
	if _, held := private.HeldFile(err); held {
		reason = "in_use"
	}
	words := map[string][4]string{
		"unreadable":   {"%s 설정 파일을 불러올 수 없어요.", "The settings file of %s cannot be read.", "파일 권한을 확인해 주세요.", "Check the file's permissions."},
		"not_a_file":   {"%s 설정 파일 위치에 폴더나 링크처럼 파일이 아닌 항목이 있어요.", "The settings file of %s is not a regular file.", "그 위치를 확인해 주세요.", "Check what is at that path."},
		"too_large":    {"%s 설정 파일이 너무 커요.", "The settings file of %s is too large.", "16MB를 넘는 파일은 고치지 않아요. 직접 넣어 주세요.", "Files over 16 MB are not edited. Add the entry by hand."},
		"encoding":     {"%s 설정 파일이 UTF-8이 아니에요.", "The settings file of %s is not UTF-8.", "편집기에서 UTF-8로 저장한 다음 다시 시도해 주세요.", "Save it as UTF-8 in an editor, then try again."},
		"read_only":    {"%s 설정 파일이 읽기 전용이에요.", "The settings file of %s is read-only.", "읽기 전용을 해제하고 다시 시도해 주세요.", "Allow writing to it and try again."},
		"owner":        {"%s 설정 파일의 소유자가 다른 사용자라서 바꾸지 않았어요. 고치면 소유자가 바뀌어요.", "The settings file of %s belongs to another user, so it was not changed. An edit would change its owner.", "그 사용자로 실행해 주세요.", "Run this as that user."},
		"in_use":       {"다른 프로그램이 %s 설정 파일을 사용하고 있어요.", "Another program is using the settings file of %s.", "그 앱이나 파일을 연 편집기를 닫고 다시 시도해 주세요.", "Close the app, or the editor that has the file open, and try again."},
		"busy":         {"다른 곳에서 %s 설정 파일을 고치고 있어요.", "The settings file of %s is being changed by another run.", "1분 뒤에 다시 시도해 주세요.", "Try again in a minute."},
		"changed":      {"저장하기 전에 %s 설정 파일이 바뀌어서 저장하지 않았어요.", "The settings file of %s changed in the meantime, so it was not saved.", "다시 시도해 주세요.", "Try again."},
		"stopped":      {"중간에 멈춰서 %s 설정 파일을 저장하지 않았어요.", "Stopped before the settings file of %s was saved.", "필요하면 다시 시도해 주세요.", "Try again if needed."},
		"write_failed": {"%s 설정 파일을 저장하지 못했어요. 원래 내용은 바뀌지 않았어요.", "The settings file of %s could not be saved. It was not changed.", "폴더 권한과 남은 공간을 확인해 주세요.", "Check the folder's permissions and the free space."},
	}
	w := words[reason]
	p := c.problem(reason, 0, c.sys.Lang.Sayf(w[0], w[1], c.Title), c.sys.Lang.Say(w[2], w[3]))
	p.Err = err
	return p
}
