//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// checkOwner refuses a folder, and then the file in it, where another user could
// have put what we read: settings name a program to run (KAKAO_TUNNEL) and the
// servers that get the tokens. Root may have written it; that it is missing is no
// error.
func checkOwner(paths ...string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = ownersProblem(path, info)
		} else {
			err = unreadable(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func ownersProblem(path string, info fs.FileInfo) error {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return problemf("%s은(는) 다른 사용자(uid %d)의 것이어서 설정을 읽지 않았어요. 그 사용자로 실행하거나 KAKAOTALK_MCP_HOME에 내 폴더를 적어 주세요",
			"%s belongs to another user (uid %d), so no settings were read; run this as that user, or set KAKAOTALK_MCP_HOME to a folder of yours", path, stat.Uid)
	}
	if info.Mode().Perm()&0o002 != 0 {
		return problemf("%s에 누구나 쓸 수 있어서 설정을 읽지 않았어요. chmod o-w로 다른 사용자의 쓰기 권한을 빼 주세요", "everybody can write to %s, so no settings were read; chmod o-w closes it", path)
	}
	return nil
}
