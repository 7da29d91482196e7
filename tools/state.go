package tools

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

const (
	// stateLife is how long a question may stay open.
	stateLife = 10 * time.Minute
	// maxStates bounds the memory for used states; the oldest go first, and those
	// have long expired.
	maxStates = 4096
)

// state is what a modern client brings back with an answer. It passes through
// the client, so it is signed, bound to the call and the question, dated, and
// good for one use. After a restart the key differs and the question comes again.
type state struct {
	Kind     string        `json:"k"`           // login or confirm
	Call     string        `json:"c"`           // digest of tool and arguments
	Question string        `json:"q,omitempty"` // digest of what was asked
	Asked    int64         `json:"t,omitempty"` // when, in Unix milliseconds
	Spent    time.Duration `json:"s,omitempty"` // of the call's budget
	Nonce    string        `json:"n"`
	Expires  int64         `json:"e"`
}

// states seals and opens states; it remembers the ones used.
type states struct {
	now  func() time.Time
	once sync.Once
	key  [32]byte

	mu   sync.Mutex
	used map[string]int64 // nonce → expiry
}

func newStates(now func() time.Time) *states { return &states{now: now, used: map[string]int64{}} }

func (s *states) mac(payload []byte) []byte {
	s.once.Do(func() { rand.Read(s.key[:]) })
	h := hmac.New(sha256.New, s.key[:])
	h.Write(payload)
	return h.Sum(nil)
}

func (s *states) seal(st state) string {
	st.Nonce, st.Expires = randomID(), s.now().Add(stateLife).Unix()
	payload, _ := json.Marshal(st) // strings and numbers
	return base64.RawURLEncoding.EncodeToString(append(s.mac(payload), payload...))
}

// open returns the state if it is ours, for this call, fresh and unused.
func (s *states) open(token, call string) *state {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < sha256.Size || !hmac.Equal(raw[:sha256.Size], s.mac(raw[sha256.Size:])) {
		return nil
	}
	var st state
	if json.Unmarshal(raw[sha256.Size:], &st) != nil || st.Call != call || s.now().Unix() > st.Expires {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.used[st.Nonce]; again {
		return nil
	}
	if len(s.used) >= maxStates {
		maps.DeleteFunc(s.used, func(_ string, expires int64) bool { return expires < s.now().Unix() })
		if len(s.used) >= maxStates {
			return nil
		}
	}
	s.used[st.Nonce] = st.Expires
	return &st
}

// callDigest identifies tool and arguments whatever the order of the keys.
func callDigest(r mcp.CallToolRequest) string {
	var arguments any
	d := json.NewDecoder(bytes.NewReader(r.Params.RawArguments))
	d.UseNumber() // 2^53 and 2^53+1 are different templates
	if d.Decode(&arguments) != nil {
		arguments = r.Params.Arguments // in-process callers
	}
	raw, _ := json.Marshal(arguments) // came from JSON; map keys are sorted
	return digest(r.Params.Name + "\n" + string(raw))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func randomID() string { return rand.Text() }
