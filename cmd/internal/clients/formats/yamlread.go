package formats

import "strings"

// yamlText is a YAML document, decoded, with the places of its parts. Edits are
// made of whole lines or, for a value, from its key on.
type yamlText struct {
	text  string
	nl    string
	root  map[string]any
	top   *yamlNode // the root's mapping; nil for an empty file
	lines []int     // where each line begins; the last is the text's end
}

// parseYAML reads a document. Errors are *Error.
func parseYAML(text string) (*yamlText, error) {
	d := &yamlText{text: text, nl: newlineOf(text), root: map[string]any{}}
	for at := 0; at < len(text); at += len(upTo(text[at:], "\n")) {
		d.lines = append(d.lines, at)
	}
	d.lines = append(d.lines, len(text))
	end := d.skipBack(len(d.lines)-1, 0, len(text)+1)
	if end > 0 && strings.TrimRight(text[d.lines[end-1]:d.lines[end]], " \r\n") == "---" {
		end = d.skipBack(end-1, 0, len(text)+1)
	}
	if end == 0 {
		return d, nil // empty, or comments and a document's start
	}
	top, err := readYAML(text)
	if err != nil {
		return nil, err
	}
	d.top, d.root = top, top.decoded().(map[string]any)
	return d, nil
}

// pair is a key of a mapping with its value.
type pair struct {
	key, value *yamlNode
	next       int // line of the key behind it, from 1; 0 if there is none
}

// find returns a key of a mapping, nil if it has none.
func (d *yamlText) find(mapping *yamlNode, name string) *pair {
	if mapping == nil || mapping.kind != yamlMapping {
		return nil
	}
	for i := 0; i+1 < len(mapping.content); i += 2 {
		if key := mapping.content[i]; key.value == name {
			p := &pair{key: key, value: mapping.content[i+1]}
			if i+2 < len(mapping.content) {
				p.next = mapping.content[i+2].line
			}
			return p
		}
	}
	return nil
}

// block is a run of lines: from the first, counted from 0, to the one behind it.
type block struct{ first, end int }

// block returns the lines from one to the next thing's, both counted from 1, without
// the comments at the end that stand no deeper than indent: they belong to what
// follows. limit stands for a next of 0.
func (d *yamlText) block(line, next, indent, limit int) block {
	if next == 0 {
		next = limit + 1
	}
	return block{line - 1, d.skipBack(next-1, line, indent)}
}

func (d *yamlText) skipBack(end, least, indent int) int {
	for ; end > least; end-- {
		line := strings.Trim(d.text[d.lines[end-1]:d.lines[end]], "\r\n")
		content := strings.TrimLeft(line, " \t")
		if content != "" && (content[0] != '#' || len(line)-len(content) > indent) {
			break
		}
	}
	return end
}

// of is the text of a block.
func (d *yamlText) of(b block) string { return d.text[d.lines[b.first]:d.lines[b.end]] }

// with is the text with other lines in a block's place.
func (d *yamlText) with(b block, lines string) string {
	return withNewline(d.text[:d.lines[b.first]], d.nl) + lines + d.text[d.lines[b.end]:]
}
