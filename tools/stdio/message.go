package stdio

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// maxID bounds a request id, in bytes: up to maxRequests of them are kept.
const maxID = 1 << 10

// message is a JSON-RPC message as far as the transport needs to know it; params stay as
// they came.
type message struct {
	JSONRPC json.RawMessage `json:"jsonrpc,omitempty"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// hasID is false for a null id too: mcp-go takes such a message as a notification.
func (m *message) hasID() bool { return len(m.ID) > 0 && string(m.ID) != "null" }

func (m *message) isResponse() bool {
	return m.Method == "" && (len(m.Result) > 0 || len(m.Error) > 0)
}

// request returns the request as one line that carries id instead of the client's id. Built
// from what was decoded, it leaves no second reading of double or odd keys.
func (m *message) request(id string) []byte {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line) // ends it with a newline
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(message{JSONRPC: m.JSONRPC, ID: json.RawMessage(id), Method: m.Method, Params: m.Params}) // it was read from JSON
	return line.Bytes()
}

var errBadID = errors.New("a request id must be a string or a number of at most 1024 bytes")

// canonicalID returns one text for all spellings of an id: "a" and "\u0061" are the same, so
// are 1 and 1.0; 1 and "1" are not. Whole numbers keep all their digits.
func canonicalID(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || len(raw) > maxID {
		return "", errBadID
	}
	if raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return "", errBadID
		}
		return quote(s), nil
	}
	if len(bytes.Trim(raw, "-0123456789")) == 0 && string(raw) != "-0" {
		return string(raw), nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return "", errBadID // also an object, an array, true and false
	}
	return strconv.FormatFloat(f+0, 'f', -1, 64), nil // +0 turns -0 into 0
}

// quote returns s as a JSON string, escaped the way mcp-go's own output is.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // no string fails to marshal
	}
	return string(b)
}
