package tunnel

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// The names were computed with coreutils from a key that nobody uses: sha256sum
// over its decoded blob, a zero byte and the label; first 16 bytes; base32; lower case.
func TestNamesOfAKnownKey(t *testing.T) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL57X/MJV8DSSiT6qoS8EE17skf7IxRkFYHrsl7MmXuk"))
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[int]string{
		1:  "me5krdm6dlxguytthdvn3ejizi.srv.us",
		12: "s3zhtjlak5tuogrtyznpoujgu4.srv.us",
	} {
		if got := srvusName(key, label); got != want {
			t.Errorf("label %d: %q, want %q", label, got, want)
		}
	}
}

func TestKeyIsMadeOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "홈 폴더", "tunnel_ed25519")
	names := make([]string, 8)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() {
			var err error
			if names[i], err = SRVUSHost(file, 1); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, n := range names {
		if n != names[0] || len(n) != 26+len(".srv.us") {
			t.Errorf("names differ or are odd: %q", names)
			break
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".tmp-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

func TestBadKeys(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("passphrase"))
	if err != nil {
		t.Fatal(err)
	}
	locked := pem.EncodeToMemory(block)
	tests := []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"damaged", "-----BEGIN SECRET-----\nSECRET", 0o600, "no usable private key"},
		{"empty", "", 0o600, "no usable private key"},
		{"passphrase", string(locked), 0o600, "passphrase"},
		{"open to all", "SECRET", 0o644, "0600"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.mode != 0o600 && runtime.GOOS == "windows" {
				t.Skip("no modes on Windows")
			}
			file := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(file, []byte(tt.content), tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := SRVUSHost(file, 1)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if now, _ := os.ReadFile(file); string(now) != tt.content {
				t.Error("the file was changed")
			}
		})
	}
}
