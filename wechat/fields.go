package wechat

// field returns where the named element below the root goes, nil for the ones
// that are not kept.
func (m *Message) field(name string) *string {
	switch name {
	case "ToUserName":
		return &m.ToUser
	case "FromUserName":
		return &m.FromUser
	case "CreateTime":
		return &m.CreateTime
	case "MsgType":
		return &m.Type
	case "MsgId":
		return &m.ID
	case "Content":
		return &m.Content
	case "bizmsgmenuid":
		return &m.MenuID
	case "Event":
		return &m.Event
	case "EventKey":
		return &m.EventKey
	case "Ticket":
		return &m.Ticket
	case "MenuId", "MenuID":
		return &m.ButtonID
	case "MsgID":
		return &m.JobID
	case "Status":
		return &m.Status
	}
	if p := m.mediaField(name); p != nil {
		return p
	}
	return m.placeField(name)
}

func (m *Message) mediaField(name string) *string {
	switch name {
	case "PicUrl":
		return &m.PicURL
	case "MediaId":
		return &m.MediaID
	case "ThumbMediaId":
		return &m.ThumbMediaID
	case "Format":
		return &m.VoiceFormat
	case "Recognition":
		return &m.Recognition
	case "Title":
		return &m.Title
	case "Description":
		return &m.Description
	case "Url":
		return &m.URL
	}
	return nil
}

func (m *Message) placeField(name string) *string {
	switch name {
	case "Location_X":
		return &m.LocationX
	case "Location_Y":
		return &m.LocationY
	case "Scale":
		return &m.Scale
	case "Label":
		return &m.Label
	case "Latitude":
		return &m.Latitude
	case "Longitude":
		return &m.Longitude
	case "Precision":
		return &m.Precision
	}
	return nil
}

// setFirst keeps the first value that is not empty.
func setFirst(field *string, value string) {
	if field != nil && *field == "" {
		*field = value
	}
}

// open begins a list item of an event's result.
func (m *Message) open(path []string) {
	switch {
	case len(path) == 2 && isSubscription(path[0]) && path[1] == "List":
		m.Subscriptions = append(m.Subscriptions, Subscription{})
	case len(path) == 3 && path[0] == "PublishEventInfo" && path[1] == "article_detail" && path[2] == "item":
		p := m.publish()
		p.Articles = append(p.Articles, PublishedArticle{})
	case len(path) == 3 && path[1] == "ResultList" && path[2] == "item":
		m.mass().openItem(path[0])
	}
}

// leaf stores one value.
func (m *Message) leaf(path []string, value string) {
	if value == "" {
		return
	}
	switch {
	case len(path) == 1:
		field := m.field(path[0])
		if field == nil && massCount(path[0]) {
			field = m.mass().field(path[0])
		}
		setFirst(field, value)
	case isSubscription(path[0]):
		m.subscriptionLeaf(path, value)
	case path[0] == "PublishEventInfo":
		m.publish().leaf(path[1:], value)
	case path[0] == "CopyrightCheckResult" || path[0] == "ArticleUrlResult":
		m.mass().leaf(path, value)
	}
}

func (m *Message) mass() *MassResult {
	if m.Mass == nil {
		m.Mass = new(MassResult)
	}
	return m.Mass
}

func (m *Message) publish() *PublishResult {
	if m.Publish == nil {
		m.Publish = new(PublishResult)
	}
	return m.Publish
}

func (m *Message) subscriptionLeaf(path []string, value string) {
	if len(path) == 3 && path[1] == "List" && len(m.Subscriptions) > 0 {
		setFirst(m.Subscriptions[len(m.Subscriptions)-1].field(path[2]), value)
	}
}
