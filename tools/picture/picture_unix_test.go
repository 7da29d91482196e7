//go:build unix

package picture

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

func link(t testing.TB, to, at string) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.Symlink(to, at)); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestLinks(t *testing.T) {
	data, top := small(t)["image/png"], visible(t)
	dir := filepath.Join(top, "pictures")
	inside := write(t, filepath.Join(dir, "a.png"), data)
	outside := write(t, filepath.Join(top, "private", "b.png"), data)
	behind := write(t, filepath.Join(dir, ".cache", "c.png"), data)
	far := write(t, filepath.Join(top, ".secret", "d.png"), data)
	away := link(t, filepath.Join(top, "private"), filepath.Join(dir, "away"))
	named := link(t, dir, filepath.Join(top, "album"))
	for path, want := range map[string][2]error{ // without a folder, in the folder
		link(t, inside, filepath.Join(dir, "x1")):                   {nil, nil},
		link(t, "a.png", filepath.Join(dir, "x2")):                  {nil, nil},
		link(t, outside, filepath.Join(dir, "x3")):                  {nil, ErrElsewhere},
		link(t, "../private/b.png", filepath.Join(dir, "x4")):       {nil, ErrElsewhere},
		filepath.Join(away, "b.png"):                                {nil, ErrElsewhere},
		filepath.Join(away, "nothing.png"):                          {fs.ErrNotExist, fs.ErrNotExist},
		link(t, behind, filepath.Join(dir, "x5")):                   {ErrHidden, ErrHidden},
		link(t, far, filepath.Join(dir, "x6")):                      {ErrHidden, ErrElsewhere},
		link(t, filepath.Join(dir, "x1"), filepath.Join(dir, "x7")): {nil, nil},
		filepath.Join(named, "a.png"):                               {nil, nil}, // the folder by another name
		link(t, filepath.Join(dir, "x8"), filepath.Join(dir, "x8")): {syscall.ELOOP, syscall.ELOOP},
	} {
		for i, folder := range []string{"", dir} {
			_, err := Open(path, folder)
			if errors.Is(want[i], syscall.ELOOP) && err != nil {
				continue
			}
			if !errors.Is(err, want[i]) {
				t.Errorf("%s below %q: %v, want %v", path, folder, err, want[i])
			}
		}
	}
	if _, err := Open(inside, named); err != nil {
		t.Errorf("the folder is a link: %v", err)
	}
}

// TestNoOrdinaryFile: nothing is opened that could wait or act.
func TestNoOrdinaryFile(t *testing.T) {
	dir := visible(t)
	pipe := filepath.Join(dir, "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, dir, "/dev/zero", link(t, "/dev/zero", filepath.Join(dir, "zero.png"))} {
		if _, err := Open(path, ""); !errors.Is(err, ErrNoFile) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAnothersFile(t *testing.T) {
	path := "/etc/passwd" // root's, and no picture: its owner is asked first
	if os.Geteuid() == 0 {
		path = write(t, filepath.Join(visible(t), "a.png"), small(t)["image/png"])
		if err := os.Chown(path, 1, -1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(path, ""); !errors.Is(err, ErrForeign) {
		t.Errorf("got %v", err)
	}
}

// TestSwappedWhileOpened: whatever somebody swaps in while a picture is opened, what
// lies outside is never read.
func TestSwappedWhileOpened(t *testing.T) {
	kinds, top := small(t), visible(t)
	dir := filepath.Join(top, "pictures")
	path := write(t, filepath.Join(dir, "more", "a.png"), kinds["image/png"])
	write(t, filepath.Join(top, "private", "a.png"), kinds["image/gif"])
	real, aside := filepath.Join(dir, "more"), filepath.Join(dir, "aside")
	stop := make(chan struct{})
	var swapper sync.WaitGroup
	swapper.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.Rename(real, aside)
			_ = os.Symlink("../private", real)
			_ = os.Remove(real)
			_ = os.Rename(aside, real)
			_ = os.Rename(path, path+"~")
			_ = os.Symlink("../../private/a.png", path)
			_ = os.Remove(path)
			_ = os.Rename(path+"~", path)
		}
	})
	opened := 0
	for range 4000 {
		p, err := Open(path, dir)
		if err == nil {
			opened++
			if !bytes.Equal(p.Data, kinds["image/png"]) {
				t.Error("what lies outside was read")
				break
			}
		}
	}
	close(stop)
	swapper.Wait()
	if opened == 0 {
		t.Error("nothing was opened")
	}
	t.Logf("%d of 4000 opened", opened)
}

// TestHugeFile: no more is read of what is no picture than tells so.
func TestHugeFile(t *testing.T) {
	huge := write(t, filepath.Join(visible(t), "huge"), []byte("text"))
	if err := os.Truncate(huge, 1<<40); err != nil { // sparse
		t.Fatal(err)
	}
	if _, err := Open(huge, ""); !errors.Is(err, ErrNoPicture) {
		t.Errorf("got %v", err)
	}
}
