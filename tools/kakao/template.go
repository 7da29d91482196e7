package kakao

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Template is one of Kakao's default templates: [Text], [Feed], [List],
// [Location], [Commerce] or [Calendar]. Marshalled to JSON it is the exact
// template_object. Kakao docs: Message template > Default template.
type Template interface {
	json.Marshaler
	// ObjectType is the value of object_type.
	ObjectType() string
	// Validate returns a *FieldError for the first thing Kakao would refuse or
	// could not show, nil if there is none.
	Validate() error
}

// Rule is what a field breaks.
type Rule string

const (
	Required    Rule = "required"      // missing, or shows nothing
	Unknown     Rule = "unknown field" // not a field of this template
	Duplicate   Rule = "duplicate"     // the same field or receiver twice
	WrongType   Rule = "wrong type"    // another JSON type, null too
	Syntax      Rule = "not one JSON value"
	InvalidUTF8 Rule = "invalid UTF-8"
	TooLong     Rule = "too long"   // more than Limit UTF-16 units; bytes for a whole template or its arguments
	TooLarge    Rule = "too large"  // more than Limit bytes
	TooMany     Rule = "too many"   // more than Limit entries
	TooFew      Rule = "too few"    // fewer than Limit entries
	OffGrid     Rule = "off grid"   // not a multiple of Limit minutes
	BadURL      Rule = "bad URL"    // not an absolute http(s) address that can be opened; an image's must be public
	BadFormat   Rule = "bad format" // not a picture that Kakao takes
	BadValue    Rule = "bad value"  // not one of the allowed values, or beyond Limit
	Conflict    Rule = "conflict"   // excluded by another field
)

// FieldError names the field of a call or template that cannot be sent. It
// never holds the field's value.
type FieldError struct {
	Path  string // for example contents[1].link.web_url; "" is the whole template
	Rule  Rule
	Limit int // the bound that was broken, 0 if the rule has none
}

func (e *FieldError) Error() string {
	where := e.Path
	if where == "" {
		where = "template"
	}
	if e.Limit != 0 {
		return fmt.Sprintf("%s: %s (limit %d)", where, e.Rule, e.Limit)
	}
	return fmt.Sprintf("%s: %s", where, e.Rule)
}

// index is the path of entry i of the list at path.
func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

const (
	maxText        = 200 // Kakao docs: Message template > Default template, as all limits below unless noted
	maxHeaderTitle = 200
	maxButtons     = 2
	minContents    = 2
	maxContents    = 3
	minImagePx     = 200
	maxItems       = 5
	maxPercent     = 100
	maxCalButtons  = 1

	// Undocumented, taken from a widely used connector.
	maxProfileText   = 16
	maxTitleImage    = 24
	maxTitleCategory = 14
	maxItemName      = 6
	maxItemValue     = 14
	maxSumName       = 6
	maxSumValue      = 11

	// maxPlain bounds the fields for which no limit is known; KakaoTalk shows
	// far less of them.
	maxPlain = 1000
	// maxURL is the length up to which links are known to work everywhere.
	maxURL = 2000
	// maxImagePx keeps nonsense out of image sizes.
	maxImagePx = 10000
	// maxCount keeps prices and counters within 32 bits.
	maxCount = math.MaxInt32
)

func (t Text) Validate() error {
	var c check
	c.text("text", t.Text, maxText, true)
	t.Link.check(&c, "link")
	c.buttons(t.ButtonTitle, t.Buttons, maxButtons)
	return c.result()
}

func (t Feed) Validate() error {
	var c check
	t.Content.check(&c, "content")
	if t.ItemContent != nil {
		t.ItemContent.check(&c, "item_content")
	}
	t.Social.check(&c, "social")
	c.buttons(t.ButtonTitle, t.Buttons, maxButtons)
	return c.result()
}

func (t List) Validate() error {
	var c check
	c.text("header_title", t.HeaderTitle, maxHeaderTitle, true)
	if t.HeaderLink != nil {
		t.HeaderLink.check(&c, "header_link")
	}
	c.count("contents", len(t.Contents), minContents, maxContents)
	for i, content := range t.Contents {
		content.check(&c, index("contents", i))
	}
	c.buttons(t.ButtonTitle, t.Buttons, maxButtons)
	return c.result()
}

func (t Location) Validate() error {
	var c check
	c.text("address", t.Address, maxPlain, true)
	c.text("address_title", t.AddressTitle, maxPlain, false)
	t.Content.check(&c, "content")
	t.Social.check(&c, "social")
	c.buttons(t.ButtonTitle, t.Buttons, maxButtons)
	return c.result()
}

func (t Commerce) Validate() error {
	var c check
	t.Content.check(&c, "content")
	t.Commerce.check(&c, "commerce")
	c.buttons(t.ButtonTitle, t.Buttons, maxButtons)
	return c.result()
}

func (t Calendar) Validate() error {
	var c check
	switch t.IDType {
	case "event", "calendar":
	case "":
		c.fail("id_type", Required, 0)
	default:
		c.fail("id_type", BadValue, 0)
	}
	c.text("id", t.ID, maxPlain, true)
	t.Content.check(&c, "content")
	c.buttons("", t.Buttons, maxCalButtons)
	return c.result()
}

func (l Link) check(c *check, path string) {
	c.url(path+".web_url", l.WebURL)
	c.url(path+".mobile_web_url", l.MobileWebURL)
	c.params(path+".android_execution_params", l.AndroidParams)
	c.params(path+".ios_execution_params", l.IOSParams)
}

// checkSet is check for a link that has to lead somewhere.
func (l Link) checkSet(c *check, path string) {
	if l == (Link{}) {
		c.fail(path, Required, 0)
	}
	l.check(c, path)
}

func (t Content) check(c *check, path string) {
	if blank(t.Title) && blank(t.Description) && t.ImageURL == "" {
		c.fail(path+".title", Required, 0) // or description, or image_url
	}
	c.text(path+".title", t.Title, maxPlain, false)
	c.text(path+".description", t.Description, maxPlain, false)
	c.image(path+".image_url", t.ImageURL)
	c.optional(path+".image_width", t.ImageWidth, minImagePx, maxImagePx)
	c.optional(path+".image_height", t.ImageHeight, minImagePx, maxImagePx)
	t.Link.checkSet(c, path+".link")
}

func (t ItemContent) check(c *check, path string) {
	c.text(path+".profile_text", t.ProfileText, maxProfileText, false)
	c.image(path+".profile_image_url", t.ProfileImageURL)
	c.text(path+".title_image_text", t.TitleImageText, maxTitleImage, false)
	c.image(path+".title_image_url", t.TitleImageURL)
	c.text(path+".title_image_category", t.TitleImageCategory, maxTitleCategory, false)
	c.count(path+".items", len(t.Items), 0, maxItems)
	for i, item := range t.Items {
		at := index(path+".items", i)
		c.text(at+".item", item.Item, maxItemName, true)
		c.text(at+".item_op", item.ItemOp, maxItemValue, true)
	}
	c.text(path+".sum", t.Sum, maxSumName, false)
	c.text(path+".sum_op", t.SumOp, maxSumValue, false)
}

func (s *Social) check(c *check, path string) {
	if s == nil {
		return
	}
	c.optional(path+".like_count", s.LikeCount, 0, maxCount)
	c.optional(path+".comment_count", s.CommentCount, 0, maxCount)
	c.optional(path+".shared_count", s.SharedCount, 0, maxCount)
	c.optional(path+".view_count", s.ViewCount, 0, maxCount)
	c.optional(path+".subscriber_count", s.SubscriberCount, 0, maxCount)
}

func (p Price) check(c *check, path string) {
	c.between(path+".regular_price", p.RegularPrice, 0, maxCount)
	c.optional(path+".discount_price", p.DiscountPrice, 0, maxCount)
	c.optional(path+".discount_rate", p.DiscountRate, 0, maxPercent)
	c.optional(path+".fixed_discount_price", p.FixedDiscountPrice, 0, maxCount)
	if p.DiscountRate != nil && p.FixedDiscountPrice != nil {
		c.fail(path+".fixed_discount_price", Conflict, 0)
	}
	c.text(path+".product_name", p.ProductName, maxPlain, false)
	c.text(path+".currency_unit", p.CurrencyUnit, maxPlain, false)
	c.optional(path+".currency_unit_position", p.CurrencyUnitPosition, 0, 1)
}
