package kakao

import (
	"bytes"
	"encoding/json"
)

// decodeObject reads a JSON object into out. Unknown fields are ignored, as
// Kakao adds some. The error never quotes the body.
func decodeObject(body []byte, out any) error {
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return errUnreadable
	}
	if json.Unmarshal(body, out) != nil {
		return errUnreadable
	}
	return nil
}

// tolerant holds the zero value when the answer has another type than the
// documented one, or a number out of range: one odd entry must not hide the
// rest of the answer.
type tolerant[T any] struct{ V T }

func (t *tolerant[T]) UnmarshalJSON(raw []byte) error {
	var v T
	if json.Unmarshal(raw, &v) == nil {
		t.V = v
	}
	return nil
}
