package private

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isHeld reports an error that passes when another program closes the file. A
// file that is being replaced or removed answers "access denied" for a moment.
func isHeld(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED) ||
		errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
