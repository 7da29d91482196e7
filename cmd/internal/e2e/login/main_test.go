// Package login tests logins and their end: commands, several processes, the
// browser, keychains, and answers of Kakao that are about the login or are not.
package login

import (
	"testing"

	"kakaotalk-mcp/cmd/internal/e2e/e2etest"
)

func TestMain(m *testing.M) { e2etest.Main(m) }
