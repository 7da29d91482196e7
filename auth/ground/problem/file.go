package problem

import (
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"

	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
)

// OfFile words an error of a file of ours that names the file and somebody has to put
// right: another program keeps it from us, as happens on Windows, we may not open it,
// or it is not ours alone. It returns nil if err is another one.
func OfFile(l wording.Lang, err error) *Problem {
	if path, held := private.HeldFile(err); held {
		return &Problem{Reason: "file_in_use", Retry: Later, Err: err,
			What: l.Sayf("다른 프로그램이 파일을 사용하고 있어요: %s", "Another program is using this file: %s", path),
			Next: l.Say("그 파일을 연 프로그램(편집기, 백업, 백신)을 닫거나 잠시 후 다시 시도해 주세요.", "Close the program that has it open (an editor, a backup, a virus scanner), or try again in a moment.")}
	}
	if e, ok := errors.AsType[*private.ExposedError](err); ok {
		return Unusable(l, e.Path, err)
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrPermission) {
		return Unusable(l, e.Path, err)
	}
	return nil
}

// Unusable words that the file or folder at path cannot be used because of its owner
// or permissions, and says what gives it back to this user. err is the cause.
func Unusable(l wording.Lang, path string, err error) *Problem {
	p := &Problem{Reason: "home_unusable", Retry: AfterUser, Err: err}
	owner := private.Owner(path)
	exposed, isExposed := errors.AsType[*private.ExposedError](err)
	folder := filepath.Dir(path)
	switch {
	case owner != "":
		p.What = l.Sayf("다른 사용자(%s)의 것이라 사용할 수 없어요: %s", "This belongs to another user (%s) and cannot be used: %s", owner, path)
		p.Next = l.Sayf("sudo로 실행한 적이 있다면 소유자를 되돌려 주세요: `sudo chown -R \"$(id -un)\" '%s'`", "If this program was once run with sudo, restore the owner: `sudo chown -R \"$(id -un)\" '%s'`", folder)
	case isExposed && exposed.Open != 0:
		p.What = l.Sayf("다른 사용자에게 열려 있어서 사용하지 않았어요: %s", "This is open to other users and was not used: %s", path)
		p.Next = l.Sayf("닫아 주세요: `chmod go= '%s'`", "Close it: `chmod go= '%s'`", path)
	default:
		p.What = l.Sayf("열 권한이 없어요: %s", "No permission to open this: %s", path)
		p.Next = l.Sayf("권한을 되돌려 주세요: `chmod -R u+rwX '%s'`", "Restore the permission: `chmod -R u+rwX '%s'`", folder)
		if runtime.GOOS == "windows" {
			p.Next = l.Sayf("권한을 되돌려 주세요: `icacls \"%s\" /reset /T`", "Restore the permission: `icacls \"%s\" /reset /T`", folder)
		}
	}
	return p
}
