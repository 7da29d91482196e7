package problem

import (
	"kakaotalk-mcp/auth/ground/private"
	"kakaotalk-mcp/auth/ground/wording"
)

// Held words an error of a file that another program keeps from us, as happens on
// Windows; nil if err is another one.
func Held(l wording.Lang, err error) *Problem {
	path, held := private.HeldFile(err)
	if !held {
		return nil
	}
	return &Problem{Reason: "file_in_use", Retry: Later, Err: err,
		What: l.Sayf("다른 프로그램이 파일을 사용하고 있어요: %s", "Another program is using this file: %s", path),
		Next: l.Say("그 파일을 연 프로그램(편집기, 백업, 백신)을 닫거나 잠시 후 다시 시도해 주세요.", "Close the program that has it open (an editor, a backup, a virus scanner), or try again in a moment.")}
}
