package tunnel

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

const (
	replaceTries = 50 // on Windows a file that somebody reads cannot be replaced for a moment
	replacePause = 10 * time.Millisecond
)

// writeFile replaces a file as a whole (0600): readers see the old or the new
// content. durable also waits for the disk, against a power loss.
func writeFile(file string, data []byte, durable bool) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".tmp-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if durable {
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		for range replaceTries {
			if err = os.Rename(f.Name(), file); err == nil || !errors.Is(err, os.ErrPermission) {
				break
			}
			time.Sleep(replacePause)
		}
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
