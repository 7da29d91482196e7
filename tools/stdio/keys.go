package stdio

import (
	"encoding/json"
	"strings"
	"sync"
)

// keys are the protocol's, by their small letters: encoding/json, and so mcp-go, takes
// a key in any letters, and somebody who filters or shows what a client sends does not.
var keys = sync.OnceValue(func() map[string]string {
	byFold := map[string]string{}
	for _, key := range []string{
		"jsonrpc", "id", "method", "params", "result", "error",
		"name", "arguments", "_meta", "uri", "ref", "argument", "context", "cursor", "level",
		"protocolVersion", "capabilities", "clientInfo", "requestId", "progressToken", "requestState", "inputResponses",
		"action", "content",
	} {
		byFold[folded(key)] = key
	}
	return byFold
})

// folded makes keys alike that encoding/json takes for the same: to it, ſ is an s.
func folded(key string) string { return strings.ToLower(strings.ToUpper(key)) }

// oddKey returns a key of the protocol that line has in other letters, and how it is
// written; "" if there is none. Arguments and answers of a person are not looked into.
func oddKey(line []byte) (odd, right string) {
	top, odd, right := objectKeys(line)
	for _, inside := range []string{"params", "result"} {
		var within map[string]json.RawMessage
		if odd == "" {
			within, odd, right = objectKeys(top[inside])
		}
		var answers map[string]json.RawMessage
		if odd == "" && json.Unmarshal(within["inputResponses"], &answers) == nil {
			for _, answer := range answers {
				if odd == "" {
					_, odd, right = objectKeys(answer)
				}
			}
		}
	}
	return odd, right
}

// objectKeys is oddKey for one object; what is none has no keys.
func objectKeys(raw []byte) (object map[string]json.RawMessage, odd, right string) {
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &object) != nil {
		return nil, "", ""
	}
	for key := range object {
		if right, ours := keys()[folded(key)]; ours && right != key {
			return object, key, right
		}
	}
	return object, "", ""
}
