package problem

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
)

// OfFile words an error of a file of ours that names the file and somebody has to put
// right: another program keeps it from us, as happens on Windows, we may not open it,
// it is not ours alone, or its disk takes nothing. It returns nil if err is another one.
func OfFile(l wording.Lang, err error) *Problem {
	if path, held := private.HeldFile(err); held {
		return &Problem{Reason: "file_in_use", Retry: Later, Err: err,
			What: l.Sayf("다른 프로그램이 파일을 사용하고 있어요(%s).", "Another program is using this file (%s).", path),
			Next: l.Say("그 파일을 연 프로그램(편집기, 백업, 백신)을 닫거나 잠시 후 다시 시도해 주세요.", "Close the program that has it open (an editor, a backup, a virus scanner), or try again in a moment.")}
	}
	if e, ok := errors.AsType[*private.ExposedError](err); ok {
		return Unusable(l, e.Path, err)
	}
	path, _ := fileOf(err)
	switch {
	case path != "" && errors.Is(err, fs.ErrPermission):
		return Unusable(l, path, err)
	case isFull(err):
		return &Problem{Reason: "home_unusable", Retry: AfterUser, Err: err,
			What: l.Sayf("디스크에 남은 공간이 없어서 저장하지 못했어요(%s).", "The disk is full, so this could not be saved (%s).", path),
			Next: l.Say("공간을 비우고 다시 시도해 주세요.", "Free some space and try again.")}
	case isReadOnly(err):
		return &Problem{Reason: "home_unusable", Retry: AfterUser, Err: err,
			What: l.Sayf("읽기 전용 디스크라서 저장하지 못했어요(%s).", "The disk is read-only, so this could not be saved (%s).", path),
			Next: l.Say("KAKAOTALK_MCP_HOME에 저장할 수 있는 폴더를 적어 주세요.", "Set KAKAOTALK_MCP_HOME to a folder that files can be saved in.")}
	}
	return nil
}

func isFull(err error) bool {
	if runtime.GOOS == "windows" { // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
		return errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func isReadOnly(err error) bool {
	if runtime.GOOS == "windows" { // ERROR_WRITE_PROTECT
		return errors.Is(err, syscall.Errno(19))
	}
	return errors.Is(err, syscall.EROFS)
}

// fileOf is the file that err is about, of a temporary one its folder, and how err
// says it; "" if it is about none.
func fileOf(err error) (path, said string) {
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.New, e.Error() // a rename: the old one is a temporary file of ours
	}
	e, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return "", ""
	}
	if private.IsLeftover(filepath.Base(e.Path)) {
		return filepath.Dir(e.Path), e.Error()
	}
	return e.Path, e.Error()
}

// InWords is what err says, with the system's words about a file in l, too.
func InWords(l wording.Lang, err error) string {
	path, said := fileOf(err)
	if said == "" || l == wording.English {
		return err.Error()
	}
	for _, known := range []struct {
		is   bool
		says string
	}{
		{errors.Is(err, fs.ErrNotExist), "없는 파일이나 폴더예요"},
		{errors.Is(err, fs.ErrExist), "이미 있어요"},
		{errors.Is(err, fs.ErrPermission), "권한이 없어요"},
		{errors.Is(err, syscall.EISDIR), "파일이 아니라 폴더예요"},
		{errors.Is(err, syscall.ENOTDIR), "경로 중간에 폴더가 아닌 것이 있어요"},
		{errors.Is(err, syscall.ENAMETOOLONG), "이름이 너무 길어요"},
		{errors.Is(err, syscall.ELOOP), "링크가 서로를 가리켜요"},
		{isFull(err), "디스크에 남은 공간이 없어요"},
		{isReadOnly(err), "읽기 전용이에요"},
	} {
		if known.is {
			return strings.Replace(err.Error(), said, known.says+": "+path, 1)
		}
	}
	return err.Error()
}

// Unusable words that the file or folder at path cannot be used because of its owner
// or permissions, and says what gives it back to this user. err is the cause.
func Unusable(l wording.Lang, path string, err error) *Problem {
	p := &Problem{Reason: "home_unusable", Retry: AfterUser, Err: err}
	owner := private.Owner(path)
	exposed, isExposed := errors.AsType[*private.ExposedError](err)
	folder := path // never the one around ours: that may be everybody's
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		folder = filepath.Dir(path)
	}
	switch {
	case owner != "":
		p.What = l.Sayf("다른 사용자(%s)의 것이라 사용할 수 없어요(%s).", "This belongs to another user (%s) and cannot be used (%s).", owner, path)
		p.Next = l.Sayf("sudo로 실행한 적이 있다면 소유자를 되돌려 주세요: `sudo chown -R \"$(id -un)\" '%s'`", "If this program was once run with sudo, restore the owner: `sudo chown -R \"$(id -un)\" '%s'`", folder)
	case isExposed && exposed.Open != 0:
		p.What = l.Sayf("다른 사용자에게 열려 있어서 사용하지 않았어요(%s).", "This is open to other users and was not used (%s).", path)
		p.Next = l.Sayf("닫아 주세요: `chmod go= '%s'`", "Close it: `chmod go= '%s'`", path)
	default:
		p.What = l.Sayf("열 권한이 없어요(%s).", "No permission to open this (%s).", path)
		p.Next = l.Sayf("권한을 되돌려 주세요: `chmod -R u+rwX '%s'`", "Restore the permission: `chmod -R u+rwX '%s'`", folder)
		if runtime.GOOS == "windows" {
			p.Next = l.Sayf("권한을 되돌려 주세요: `icacls \"%s\" /reset /T`", "Restore the permission: `icacls \"%s\" /reset /T`", folder)
		}
	}
	return p
}
