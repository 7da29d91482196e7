package compose

import (
	"crypto/sha256"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"kakaotalk-mcp/tools/ask"
	"kakaotalk-mcp/tools/bubble"
	"kakaotalk-mcp/tools/kakao"
)

// piece is what receivers see of a message in one place, whichever arguments it came
// from and whatever is invisible in them. Two messages of the same pieces are the same.
type piece struct {
	Kind     string   `json:",omitempty"` // of what is more than words, pictures and links
	Text     string   // with the addresses that it leads to
	Labels   []string `json:",omitempty"` // of buttons, but for KakaoTalk's own
	Pictures []string `json:",omitempty"`
	Long     bool     `json:",omitempty"` // does not fit a bubble
}

// Digest is what makes two messages the same: what is seen of them, not how a long
// text travels. sum stands for the picture of this computer.
func (p Plan) Digest(sum string) string {
	pieces := slices.Clone(p.seen)
	for i, s := range pieces {
		if k := slices.Index(s.Pictures, PictureAddress); k >= 0 {
			pieces[i].Pictures = slices.Clone(s.Pictures)
			pieces[i].Pictures[k] = sum
		}
	}
	raw, _ := json.Marshal(pieces) // plain strings
	hash := sha256.Sum256(raw)
	return string(hash[:])
}

// pieceOf is a text, with buttons below it. An address is the same as a button's and
// as a word of the text.
func pieceOf(text string, buttons []ask.Button, pictures ...string) piece {
	p := piece{Text: bubble.Words(text), Pictures: pictures}
	for _, b := range buttons {
		if to := bubble.Words(plainURL(b.URL)); !slices.Contains(strings.Fields(p.Text), to) && !slices.Contains(pictures, b.URL) {
			p.Text = strings.TrimSpace(p.Text + " " + to)
		}
		if label := bubble.Words(b.Label); label != kakaosLabel {
			p.Labels = append(p.Labels, label)
		}
	}
	return p
}

// plainURL writes an address in one of its forms: HTTPS://A.example:443/%61 is
// https://a.example/a.
func plainURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	rest := url.URL{Path: u.Path, RawQuery: u.RawQuery, Fragment: u.Fragment}
	return origin(address) + rest.String()
}

// longPiece is a text that may be too long for a bubble.
func longPiece(text string, buttons []ask.Button) piece {
	p := pieceOf(text, buttons)
	p.Long = bubble.Len(text) > bubble.Limit
	return p
}

// pieceIn is what a template shows.
func pieceIn(t kakao.Template) piece {
	switch t := t.(type) {
	case kakao.Text:
		return pieceOf(t.Text, buttonsOf(t.Link, t.ButtonTitle, t.Buttons))
	case kakao.Feed:
		if c := t.Content; t.ItemContent == nil && t.Social == nil {
			buttons := buttonsOf(c.Link, t.ButtonTitle, t.Buttons)
			if c.ImageURL == "" {
				return pieceOf(c.Title+"\n"+c.Description, buttons)
			}
			return pieceOf(c.Title+"\n"+c.Description, buttons, c.ImageURL)
		}
	}
	raw, _ := json.Marshal(t) // was read from JSON
	return piece{Kind: t.ObjectType(), Text: jsonWords(raw)}
}

// buttonsOf are the ways that lead on from a template.
func buttonsOf(link kakao.Link, label string, buttons []kakao.Button) (list []ask.Button) {
	for _, b := range buttons {
		list = append(list, ask.Button{Label: b.Title, URL: allOf(b.Link)})
	}
	if to := allOf(link); to != "" && !slices.ContainsFunc(list, func(b ask.Button) bool { return b.URL == to }) {
		if label == "" || len(list) > 0 {
			label = kakaosLabel
		}
		list = append(list, ask.Button{Label: label, URL: to})
	}
	return list
}

// allOf is a link's address, or all of them where it has several.
func allOf(l kakao.Link) string {
	all := slices.Compact([]string{l.WebURL, l.MobileWebURL, l.AndroidParams, l.IOSParams})
	return strings.Join(slices.DeleteFunc(all, func(a string) bool { return a == "" }), " ")
}

// jsonWords is JSON in one order of its keys, with the words of its texts.
func jsonWords(raw []byte) string {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber() // no digit of a number may get lost
	var v any
	_ = d.Decode(&v) // we made it
	out, _ := json.Marshal(wordsIn(v))
	return string(out)
}

func wordsIn(v any) any {
	switch v := v.(type) {
	case string:
		return bubble.Words(v)
	case []any:
		for i := range v {
			v[i] = wordsIn(v[i])
		}
	case map[string]any:
		delete(v, "image_width") // how a picture is cut is not what is seen
		delete(v, "image_height")
		for k := range v {
			v[k] = wordsIn(v[k])
		}
	}
	return v
}
