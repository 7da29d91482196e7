package keychain

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/zalando/go-keyring"
)

// lockedExits are exit codes of /usr/bin/security, the low byte of an OSStatus:
// interaction required (-25315), interaction not allowed (-25308),
// authentication failed (-25293), cancelled by the user (-128).
var lockedExits = []int{29, 36, 51, 128}

// lockedTexts are how Secret Services and the library say it. The library drops
// the D-Bus error name where there is a text, so the text has to do.
var lockedTexts = []string{"failed to unlock", "islocked", " locked ", "dismissed"}

// noCollectionText is how the library says both that nobody unlocked the collection
// and that there is none.
const noCollectionText = "failed to unlock correct collection"

// translate maps an error of go-keyring to ours. Whatever is not known to mean
// something else means that the keychain cannot be used.
func translate(operation string, err error) error {
	var kind error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		kind = ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		kind = ErrTooBig
	case saysLocked(err):
		kind = ErrLocked
		if strings.Contains(err.Error(), noCollectionText) && lacksCollection() {
			kind = ErrNoCollection
		}
	default:
		kind = ErrUnavailable
	}
	// The service's own words, cut: they are of any length.
	return fmt.Errorf("%s the keychain: %w (%.200v)", operation, kind, err)
}

func saysLocked(err error) bool {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return slices.Contains(lockedExits, exit.ExitCode())
	}
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc(lockedTexts, func(s string) bool { return strings.Contains(text, s) })
}
