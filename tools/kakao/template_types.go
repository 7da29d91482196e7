package kakao

// A field whose JSON tag has neither omitempty nor omitzero is required by Kakao:
// ParseTemplate reads this from the tags. Optional numbers are pointers, since 0
// is a value.

// Text is a bubble of at most 200 characters. Its Link may be empty: then
// tapping does nothing, and a nil Buttons is sent as an empty list, since some
// have seen KakaoTalk add a button of its own otherwise.
type Text struct {
	Text          string   `json:"text"`
	Link          Link     `json:"link"`
	ButtonTitle   string   `json:"button_title,omitempty"` // replaces the default label 자세히 보기
	Buttons       []Button `json:"buttons,omitzero"`       // overrides ButtonTitle; at most 2; empty, not nil: no button
	DefaultButton bool     `json:"-"`                      // leaves a nil Buttons out in any case, to see what KakaoTalk does
}

// Feed is a picture with text, optional item list and counters.
type Feed struct {
	Content     Content      `json:"content"`
	ItemContent *ItemContent `json:"item_content,omitempty"`
	Social      *Social      `json:"social,omitempty"`
	ButtonTitle string       `json:"button_title,omitempty"`
	Buttons     []Button     `json:"buttons,omitzero"` // at most 2
}

// List is a header above two or three contents.
type List struct {
	HeaderTitle string    `json:"header_title"`
	HeaderLink  *Link     `json:"header_link,omitempty"`
	Contents    []Content `json:"contents"`
	ButtonTitle string    `json:"button_title,omitempty"`
	Buttons     []Button  `json:"buttons,omitzero"` // at most 2
}

// Location is a content with a button that opens a map.
type Location struct {
	Address      string   `json:"address"`
	AddressTitle string   `json:"address_title,omitempty"`
	Content      Content  `json:"content"`
	Social       *Social  `json:"social,omitempty"`
	ButtonTitle  string   `json:"button_title,omitempty"`
	Buttons      []Button `json:"buttons,omitzero"` // at most 2
}

// Commerce is a content with a price.
type Commerce struct {
	Content     Content  `json:"content"`
	Commerce    Price    `json:"commerce"`
	ButtonTitle string   `json:"button_title,omitempty"`
	Buttons     []Button `json:"buttons,omitzero"` // at most 2
}

// Calendar shows an event or a public calendar of Talk Calendar.
type Calendar struct {
	IDType  string   `json:"id_type"` // event or calendar
	ID      string   `json:"id"`
	Content Content  `json:"content"`
	Buttons []Button `json:"buttons,omitzero"` // at most 1
}

// Link is where a tap leads. For a page set both URLs: WebURL is for PCs. Only
// domains registered for the app open.
type Link struct {
	WebURL        string `json:"web_url,omitempty"`
	MobileWebURL  string `json:"mobile_web_url,omitempty"`
	AndroidParams string `json:"android_execution_params,omitempty"` // k1=v1&k2=v2
	IOSParams     string `json:"ios_execution_params,omitempty"`
}

// Button is a labelled link. Only about 8 characters of the label are shown,
// 5 when two buttons stand side by side.
type Button struct {
	Title string `json:"title"`
	Link  Link   `json:"link"`
}

// Content needs at least one of title, description and image.
type Content struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	ImageURL    string `json:"image_url,omitempty"` // fetched by Kakao: at least 200 x 200 px, at most 5 MB
	ImageWidth  *int   `json:"image_width,omitempty"`
	ImageHeight *int   `json:"image_height,omitempty"`
	Link        Link   `json:"link"`
}

// ItemContent is the list of names and values inside a Feed.
type ItemContent struct {
	ProfileText        string `json:"profile_text,omitempty"`
	ProfileImageURL    string `json:"profile_image_url,omitempty"`
	TitleImageText     string `json:"title_image_text,omitempty"`
	TitleImageURL      string `json:"title_image_url,omitempty"`
	TitleImageCategory string `json:"title_image_category,omitempty"`
	Items              []Item `json:"items,omitempty"` // at most 5
	Sum                string `json:"sum,omitempty"`
	SumOp              string `json:"sum_op,omitempty"`
}

// Item is a name and its value.
type Item struct {
	Item   string `json:"item"`
	ItemOp string `json:"item_op"`
}

// Social holds counters; KakaoTalk shows the first three that are set.
type Social struct {
	LikeCount       *int `json:"like_count,omitempty"`
	CommentCount    *int `json:"comment_count,omitempty"`
	SharedCount     *int `json:"shared_count,omitempty"`
	ViewCount       *int `json:"view_count,omitempty"`
	SubscriberCount *int `json:"subscriber_count,omitempty"`
}

// Price is the commerce part of a Commerce template. DiscountRate (percent)
// and FixedDiscountPrice exclude each other.
type Price struct {
	RegularPrice         int    `json:"regular_price"`
	DiscountPrice        *int   `json:"discount_price,omitempty"`
	DiscountRate         *int   `json:"discount_rate,omitempty"`
	FixedDiscountPrice   *int   `json:"fixed_discount_price,omitempty"`
	ProductName          string `json:"product_name,omitempty"`
	CurrencyUnit         string `json:"currency_unit,omitempty"`          // 원 when empty
	CurrencyUnitPosition *int   `json:"currency_unit_position,omitempty"` // 0 after the number, 1 before
}

func (Text) ObjectType() string     { return "text" }
func (Feed) ObjectType() string     { return "feed" }
func (List) ObjectType() string     { return "list" }
func (Location) ObjectType() string { return "location" }
func (Commerce) ObjectType() string { return "commerce" }
func (Calendar) ObjectType() string { return "calendar" }

// typed is the JSON of a template with object_type before its fields. The local types below
// drop the template's methods, which would call MarshalJSON without end.
func typed(t Template, fields any) ([]byte, error) {
	raw, err := marshal(fields)
	if err != nil {
		return nil, err
	}
	return append([]byte(`{"object_type":"`+t.ObjectType()+`",`), raw[1:]...), nil // each type has a required field
}

func (t Text) MarshalJSON() ([]byte, error) {
	type fields Text
	if t.Buttons == nil && t.Link == (Link{}) && !t.DefaultButton {
		t.Buttons = []Button{}
	}
	return typed(t, fields(t))
}

func (t Feed) MarshalJSON() ([]byte, error) {
	type fields Feed
	return typed(t, fields(t))
}

func (t List) MarshalJSON() ([]byte, error) {
	type fields List
	return typed(t, fields(t))
}

func (t Location) MarshalJSON() ([]byte, error) {
	type fields Location
	return typed(t, fields(t))
}

func (t Commerce) MarshalJSON() ([]byte, error) {
	type fields Commerce
	return typed(t, fields(t))
}

func (t Calendar) MarshalJSON() ([]byte, error) {
	type fields Calendar
	return typed(t, fields(t))
}
