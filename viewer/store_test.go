package viewer

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newStore returns a store whose clock the test turns.
func newStore(t testing.TB, o Options) (*Store, *time.Time) {
	t.Helper()
	s, err := NewStore(filepath.Join(t.TempDir(), "messages"), o)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	s.now = func() time.Time { return now }
	return s, &now
}

func mustPut(t testing.TB, s *Store, text string, ttl time.Duration) (id, key string) {
	t.Helper()
	id, key, err := s.Put(t.Context(), text, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return id, key
}

func TestStoreKeepsOnlyCiphertext(t *testing.T) {
	s, _ := newStore(t, Options{})
	const text = "비밀이에요: 내일 오후 세 시"
	id, key := mustPut(t, s, text, 0)
	blob, err := s.Blob(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := open(id, key, blob); err != nil || got != text {
		t.Errorf("opened %q, %v", got, err)
	}
	if link := s.URL("https://x.kr", id, key); link != "https://x.kr/message/"+id+"#"+key {
		t.Errorf("link %q", link)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	content, err := os.ReadFile(filepath.Join(s.dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	onDisk := files[0].Name() + string(content)
	rawKey, _ := decode(key)
	rawID, _ := decode(id)
	for _, secret := range []string{text, id, key, string(rawKey), string(rawID)} {
		if strings.Contains(onDisk, secret) {
			t.Error("a secret is on disk")
		}
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{s.dir: 0o700, filepath.Join(s.dir, files[0].Name()): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("mode %v, want %v, %v", info.Mode().Perm(), want, err)
			}
		}
	}
}

func TestBlobBelongsToItsID(t *testing.T) {
	id, key, blob, err := seal("글")
	if err != nil {
		t.Fatal(err)
	}
	other, otherKey, _, err := seal("글")
	if err != nil || id == other || key == otherKey {
		t.Fatal("ids and keys repeat", err)
	}
	altered := bytes.Clone(blob)
	altered[len(altered)-1] ^= 1
	for name, c := range map[string]struct {
		id, key string
		blob    []byte
	}{
		"other id": {other, key, blob}, "other key": {id, otherKey, blob}, "altered": {id, key, altered},
		"short": {id, key, blob[:10]}, "other version": {id, key, append([]byte{3}, blob[1:]...)}, "cut key": {id, key[:20], blob},
	} {
		if _, err := open(c.id, c.key, c.blob); !errors.Is(err, errDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStoreForgets(t *testing.T) {
	s, now := newStore(t, Options{})
	day, _ := mustPut(t, s, "하루", 24*time.Hour)
	week, _ := mustPut(t, s, "이레", 0)
	revoked, _ := mustPut(t, s, "거둠", 0)
	if err := s.Revoke(t.Context(), revoked); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(24 * time.Hour)
	for _, id := range []string{day, revoked, "AAAAAAAAAAAAAAAAAAAAAA", "", "../../etc/passwd", week + "A", "가나다"} {
		if blob, err := s.Blob(t.Context(), id); err != ErrNotFound || blob != nil {
			t.Errorf("id %q: %v", id, err)
		}
	}
	if _, err := s.Blob(t.Context(), week); err != nil {
		t.Errorf("a day before its end: %v", err)
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(s.dir); len(files) != 1 {
		t.Errorf("%d files after the sweep, want 1", len(files))
	}
	*now = now.Add(6 * 24 * time.Hour)
	if _, err := s.Blob(t.Context(), week); err != ErrNotFound {
		t.Errorf("after seven days: %v", err)
	}
}

func TestStoreRefuses(t *testing.T) {
	s, _ := newStore(t, Options{})
	for name, c := range map[string]struct {
		text string
		ttl  time.Duration
	}{
		"empty": {"", 0}, "too long": {strings.Repeat("a", MaxStored+1), 0}, "invalid": {"\xff", 0},
		"negative": {"글", -time.Hour}, "31 days": {"글", 31 * 24 * time.Hour},
	} {
		if _, _, err := s.Put(t.Context(), c.text, c.ttl); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if files, _ := os.ReadDir(s.dir); len(files) != 0 {
		t.Errorf("%d files were left", len(files))
	}
	id, key := mustPut(t, s, strings.Repeat("가\n", MaxStored/4), maxTTL)
	if blob, err := s.Blob(t.Context(), id); err != nil {
		t.Error(err)
	} else if _, err := open(id, key, blob); err != nil {
		t.Error(err)
	}
}

func TestStoreCaps(t *testing.T) {
	s, now := newStore(t, Options{MaxCount: 2})
	mustPut(t, s, "하나", time.Hour)
	mustPut(t, s, "둘", 48*time.Hour)
	if _, _, err := s.Put(t.Context(), "셋", 0); !errors.Is(err, ErrFull) {
		t.Errorf("third of two: %v", err)
	}
	// What has expired makes room without anybody sweeping.
	*now = now.Add(2 * time.Hour)
	mustPut(t, s, "셋", 0)
	if _, _, err := s.Put(t.Context(), "넷", 0); !errors.Is(err, ErrFull) {
		t.Errorf("again: %v", err)
	}

	small, _ := newStore(t, Options{MaxBytes: 100})
	mustPut(t, small, "하나", 0)
	if _, _, err := small.Put(t.Context(), "둘", 0); !errors.Is(err, ErrFull) {
		t.Errorf("over 100 bytes: %v", err)
	}
}

func TestStoreCapsHoldUnderLoad(t *testing.T) {
	s, _ := newStore(t, Options{MaxCount: 20})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { _, _, _ = s.Put(t.Context(), "글", 0) })
	}
	group.Wait()
	if files, _ := os.ReadDir(s.dir); len(files) != 20 {
		t.Errorf("%d files, want 20", len(files))
	}
}

func TestStoreListAndRevoke(t *testing.T) {
	s, now := newStore(t, Options{})
	first, _ := mustPut(t, s, "처음", time.Hour)
	*now = now.Add(time.Minute)
	second, key := mustPut(t, s, "다음", 2*time.Hour)
	third, _ := mustPut(t, s, "셋째", 2*time.Hour)

	list, err := s.List(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
	want := Entry{Handle: fileName(first)[:8], Created: now.Add(-time.Minute), Expires: now.Add(59 * time.Minute), Size: list[2].Size}
	if diff := cmp.Diff(want, list[2]); diff != "" || list[2].Size < headerSize {
		t.Errorf("oldest entry (-want +got):\n%s", diff)
	}
	for _, ref := range []string{fileName(first)[:8], s.URL("https://x.kr", second, key), third} {
		if err := s.Revoke(t.Context(), ref); err != nil {
			t.Errorf("%.12s…: %v", ref, err)
		}
		if err := s.Revoke(t.Context(), ref); !errors.Is(err, ErrNotFound) {
			t.Errorf("%.12s… again: %v", ref, err)
		}
	}
	for _, ref := range []string{"", "*", "../x", "abc", strings.Repeat("0", 8), "https://x.kr/message/"} {
		if err := s.Revoke(t.Context(), ref); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if list, _ := s.List(t.Context()); len(list) != 0 {
		t.Errorf("%d entries left", len(list))
	}
}

func TestStoreMindsItsFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, append(header{time.Unix(1, 0), time.Unix(1<<40, 0)}.append(nil), "남의 것"...), 0o600); err != nil {
		t.Fatal(err)
	}
	s, now := newStore(t, Options{})
	id, _ := mustPut(t, s, "글", 0)
	path := filepath.Join(s.dir, fileName(id))
	if err := errors.Join(os.Remove(path), os.Symlink(outside, path)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Blob(t.Context(), id); err != ErrNotFound {
		t.Errorf("through a symbolic link: %v", err)
	}
	if err := s.Revoke(t.Context(), id); err != ErrNotFound {
		t.Errorf("revoking a symbolic link: %v", err)
	}
	foreign := filepath.Join(s.dir, "README")
	later := filepath.Join(s.dir, strings.Repeat("ab", 32))
	for path, content := range map[string]string{foreign: "mine", later: "\x02later format of the header"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	*now = time.Now().Add(1000 * time.Hour)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, kept := range map[string]bool{foreign: true, later: true, outside: true} {
		if _, err := os.Lstat(path); (err == nil) != kept {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}

	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(s.dir, link); err != nil {
		t.Fatal(err)
	}
	if _, err := NewStore(link, Options{}); err == nil {
		t.Error("a symbolic link was taken for the folder")
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := NewStore(open, Options{}); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(open); info.Mode().Perm() != 0o700 {
		t.Errorf("folder stays open to others: %v", info.Mode())
	}
}

// Two processes on one folder see each other's messages at once.
func TestStoreIsShared(t *testing.T) {
	a, _ := newStore(t, Options{MaxCount: 3})
	b, err := NewStore(a.dir, Options{MaxCount: 3})
	if err != nil {
		t.Fatal(err)
	}
	b.now = a.now
	id, _ := mustPut(t, a, "글", 0)
	if _, err := b.Blob(t.Context(), id); err != nil {
		t.Errorf("other store: %v", err)
	}
	if err := b.Revoke(t.Context(), id); err != nil {
		t.Errorf("revoking in the other store: %v", err)
	}
	if _, err := a.Blob(t.Context(), id); err != ErrNotFound {
		t.Errorf("after that: %v", err)
	}
}

// open is what the page does with a blob.
func open(id, key string, blob []byte) (string, error) {
	secret, err := decode(key)
	if err != nil || len(secret) != keySize {
		return "", errDamaged
	}
	gcm := newGCM(secret)
	if len(blob) < 1+gcm.NonceSize() || blob[0] != blobVersion {
		return "", errDamaged
	}
	nonce, sealed := blob[1:1+gcm.NonceSize()], blob[1+gcm.NonceSize():]
	packed, err := gcm.Open(nil, nonce, sealed, additional(id))
	if err != nil {
		return "", errDamaged
	}
	return newest.unpack(packed)
}

func FuzzBlob(f *testing.F) {
	const text = "안녕하세요"
	id, key, blob, err := seal(text)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(id, key, blob)
	f.Add("../x", "", []byte{fileFormat, 2, 3})
	f.Fuzz(func(t *testing.T, id, key string, blob []byte) {
		// Only what seal made opens, and no fuzzer forges it.
		if got, err := open(id, key, blob); err == nil && got != text {
			t.Error("a forged blob opened")
		}
		want := header{time.Unix(1, 0), time.Unix(2, 0)}
		if got, err := parseHeader(append(want.append(nil), blob...)); err != nil || got != want {
			t.Errorf("header: %v", err)
		}
		if h, err := parseHeader(blob); err == nil && (len(blob) < headerSize || !bytes.Equal(h.append(nil), blob[:headerSize])) {
			t.Error("a header changed on its way")
		}
	})
}
