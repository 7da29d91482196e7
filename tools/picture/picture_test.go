package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kakaotalk-mcp/tools/kakao"
)

// small is a real picture of each kind.
func small(t testing.TB) map[string][]byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.White})
	var asPNG, asJPEG, asGIF bytes.Buffer
	if err := errors.Join(png.Encode(&asPNG, img), jpeg.Encode(&asJPEG, img, nil), gif.Encode(&asGIF, img, nil)); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"image/png": asPNG.Bytes(), "image/jpeg": asJPEG.Bytes(), "image/gif": asGIF.Bytes(),
		"image/webp": []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")}
}

func write(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// visible is a folder no part of which is hidden.
func visible(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestByContent(t *testing.T) {
	dir := visible(t)
	for kind, data := range small(t) {
		path := write(t, filepath.Join(dir, "note.txt"), data) // its name does not count
		p, err := Open(path, "")
		if err != nil || p.Type != kind || !bytes.Equal(p.Data, data) || p.Path != path {
			t.Errorf("%s: %+v %v", kind, p, err)
		}
	}
	for name, data := range map[string][]byte{"empty.png": nil, "text.png": []byte("a secret text"), "page.png": []byte("<html>"),
		"drawing.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "photo.heic": []byte("\x00\x00\x00\x18ftypheic"), "picture.bmp": []byte("BM\x3a\x00\x00\x00"),
		"head.png": []byte("\x89PNG\r\n")} {
		if p, err := Open(write(t, filepath.Join(dir, name), data), ""); !errors.Is(err, ErrNoPicture) {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
}

func TestSize(t *testing.T) {
	dir, head := visible(t), small(t)["image/png"]
	for size, want := range map[int]error{kakao.MaxImage: nil, kakao.MaxImage + 1: ErrTooLarge, headSize: nil, headSize + 1: nil, headSize - 1: nil} {
		data := make([]byte, size)
		copy(data, head)
		p, err := Open(write(t, filepath.Join(dir, "a.png"), data), dir)
		if !errors.Is(err, want) || err == nil && !bytes.Equal(p.Data, data) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestHidden(t *testing.T) {
	data := small(t)["image/png"]
	top := visible(t)
	for path, want := range map[string][2]error{ // without a folder, in the folder "pictures"
		"pictures/a.png":           {nil, nil},
		"pictures/more/a.b.png":    {nil, nil},
		"pictures/..a.png":         {ErrHidden, ErrHidden},
		"pictures/.a.png":          {ErrHidden, ErrHidden},
		"pictures/.more/a.png":     {ErrHidden, ErrHidden},
		"pictures/more/.x/b/a.png": {ErrHidden, ErrHidden},
		".above/pictures/a.png":    {ErrHidden, nil}, // whose folder it is has said so
	} {
		dir := filepath.Join(top, filepath.FromSlash(filepath.Dir(path)))
		for filepath.Base(dir) != "pictures" {
			dir = filepath.Dir(dir)
		}
		full := write(t, filepath.Join(top, filepath.FromSlash(path)), data)
		for i, folder := range []string{"", dir} {
			if _, err := Open(full, folder); !errors.Is(err, want[i]) {
				t.Errorf("%s below %q: %v", path, folder, err)
			}
		}
	}
}

func TestFolder(t *testing.T) {
	data, top := small(t)["image/png"], visible(t)
	dir := filepath.Join(top, "pictures")
	inside := write(t, filepath.Join(dir, "more", "a.png"), data)
	write(t, filepath.Join(top, "pictures2", "a.png"), data)
	write(t, filepath.Join(top, "a.png"), data)
	for path, want := range map[string]error{
		inside:                      nil,
		dir + "/more/../more/a.png": nil,
		dir + "/more/../../a.png":   ErrElsewhere,
		top + "/a.png":              ErrElsewhere,
		top + "/pictures2/a.png":    ErrElsewhere, // begins with the folder's name
		top + "/nothing.png":        ErrElsewhere, // not: is not there
		top:                         ErrElsewhere,
		dir:                         ErrElsewhere,
		"more/a.png":                ErrElsewhere,
		"":                          ErrElsewhere,
		dir + "/nothing.png":        fs.ErrNotExist,
		dir + "/more":               ErrNoFile,
	} {
		if _, err := Open(filepath.FromSlash(path), dir); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", path, err, want)
		}
	}
	for _, path := range []string{inside + "\x00.png", filepath.Join(inside, "b")} {
		if _, err := Open(path, dir); err == nil {
			t.Errorf("%q was opened", path)
		}
	}
	for _, path := range []string{inside, filepath.Join(top, "gone", "a.png")} {
		if _, err := Open(path, filepath.Join(top, "gone")); !errors.Is(err, ErrNoFolder) {
			t.Errorf("%s below a folder that is not there: %v", path, err)
		}
	}
}

// TestHardLinks: what lies in the folder may be a file from anywhere under one more
// name. Where a person is shown what is sent, that does not matter.
func TestHardLinks(t *testing.T) {
	data, top := small(t)["image/png"], visible(t)
	dir := filepath.Join(top, "pictures")
	inside := write(t, filepath.Join(dir, "a.png"), data)
	outside := write(t, filepath.Join(top, "private", "b.png"), data)
	linked := filepath.Join(dir, "b.png")
	if err := os.Link(outside, linked); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]error{inside: {nil, nil}, linked: {nil, ErrLinked}, outside: {nil, ErrElsewhere}} {
		for i, folder := range []string{"", dir} {
			if _, err := Open(path, folder); !errors.Is(err, want[i]) {
				t.Errorf("%s below %q: %v, want %v", path, folder, err, want[i])
			}
		}
	}
	if err := os.Remove(outside); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(linked, dir); err != nil {
		t.Errorf("the only name left: %v", err)
	}
}
