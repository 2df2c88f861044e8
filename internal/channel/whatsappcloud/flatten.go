package whatsappcloud

import (
	"bytes"
	"encoding/json"
)

// maxDepth is how deep a webhook body may be nested. Meta's deepest, an order
// or a visiting card, has eleven levels.
const maxDepth = 32

// deepMark starts the text that stands for a part which was nested too deep.
const deepMark = "\x01prosa:too-deep:"

// flatten replaces every part of a body that is nested deeper than maxDepth by
// a JSON text of it. Decoders refuse a document as a whole for its depth; this
// way only the element that holds the part is refused, its neighbours are read
// and the part is still kept.
func flatten(body []byte) []byte {
	var out []byte
	depth, start, done := 0, -1, 0
	quoted, escaped := false, false
	for i, c := range body {
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped = c == '\\'
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
			if depth == maxDepth+1 {
				start = i
			}
		case c == '}' || c == ']':
			if depth == maxDepth+1 && start >= 0 {
				part, err := json.Marshal(deepMark + string(body[start:i+1]))
				if err != nil {
					return body
				}
				out = append(append(out, body[done:start]...), part...)
				done, start = i+1, -1
			}
			depth--
		}
	}
	if done == 0 {
		return body
	}
	return append(out, body[done:]...)
}

// tooDeep reports whether flatten cut something out of the element.
func tooDeep(raw []byte) bool {
	mark, err := json.Marshal(deepMark)
	return err == nil && bytes.Contains(raw, mark[:len(mark)-1])
}
