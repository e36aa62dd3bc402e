package wechattest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
)

// maxImage is the largest picture in bytes, itself included.
const maxImage = 2 << 20

func (p *Platform) uploadImage(c *call) any {
	if o := checkImage(c, "image/jpeg", "image/png"); o.failed() {
		return o
	}
	if p.drafts.images == nil {
		p.drafts.images = map[string]bool{}
	}
	address := "http://mmbiz.qpic.cn/demo/" + strconv.FormatInt(p.next(), 10)
	p.drafts.images[address] = true
	return struct {
		URL string `json:"url"`
	}{address}
}

// addMaterial keeps a picture for ever; other kinds are not played.
func (p *Platform) addMaterial(c *call) any {
	if kind := c.query.Get("type"); kind != "image" && kind != "thumb" {
		return fail(40004, "invalid media type")
	}
	if o := checkImage(c, "image/jpeg", "image/png", "image/gif", "image/bmp"); o.failed() {
		return o
	}
	return struct {
		ID  string `json:"media_id"`
		URL string `json:"url"`
	}{p.addThumb(), "http://mmbiz.qpic.cn/demo/" + strconv.FormatInt(p.next(), 10)}
}

func (p *Platform) addThumb() string {
	if p.drafts.materials == nil {
		p.drafts.materials = map[string]bool{}
	}
	id := "material-" + strconv.FormatInt(p.next(), 10)
	p.drafts.materials[id] = true
	return id
}

// AddMaterial makes a picture that drafts may have as cover, without a call,
// and returns its media id.
func (p *Platform) AddMaterial() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addThumb()
}

// checkImage wants one picture in the form's field "media", with a file name.
func checkImage(c *call, kinds ...string) outcome {
	kind, params, err := mime.ParseMediaType(c.kind)
	if err != nil || kind != "multipart/form-data" {
		return fail(41005, "media data missing")
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return fail(41005, "media data missing")
		}
		if part.FormName() == "media" && part.FileName() != "" {
			return checkPicture(part, kinds)
		}
	}
}

func checkPicture(from io.Reader, kinds []string) outcome {
	picture, err := io.ReadAll(from)
	switch {
	case err != nil || len(picture) == 0:
		return fail(44001, "empty media data")
	case len(picture) > maxImage:
		return fail(40009, "invalid image size")
	}
	for _, kind := range kinds {
		if http.DetectContentType(picture) == kind {
			return ok()
		}
	}
	return fail(40137, "invalid image format")
}
