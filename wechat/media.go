package wechat

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
)

// Limits of uploads in bytes, the bound included.
const (
	MaxArticleImage = 1 << 20 // a picture inside an article
	MaxImage        = 2 << 20 // a picture of the account's materials
	MaxThumb        = 64 << 10
)

// MaterialKind is a kind of permanent material.
type MaterialKind string

// The kinds that the program uses.
const (
	MaterialImage MaterialKind = "image" // PNG, JPEG, GIF or BMP; also the cover of a draft
	MaterialThumb MaterialKind = "thumb" // JPEG
)

// Material is what was added to the account's materials.
type Material struct {
	MediaID string
	URL     string // of a picture, within the platform's articles only
}

// upload is one file of a form.
type upload struct {
	data []byte
	kind string // its media type
}

// encode writes the form. The file's name is ours: one that somebody chose
// says too much.
func (u *upload) encode() (body, error) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="media"; filename="picture` + extensionOf(u.kind) + `"`},
		"Content-Type":        {u.kind},
	})
	if err != nil {
		return body{}, err
	}
	if _, err := part.Write(u.data); err != nil {
		return body{}, err
	}
	if err := form.Close(); err != nil {
		return body{}, err
	}
	return body{buf.Bytes(), form.FormDataContentType()}, nil
}

// extensionOf returns the ending of a picture's name; empty for what the
// platform takes for no picture.
func extensionOf(kind string) string {
	switch kind {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/bmp":
		return ".bmp"
	}
	return ""
}

// picture looks at a file's first bytes.
func picture(r *review, data []byte, most int, says, zh string, kinds ...string) *upload {
	u := &upload{data, http.DetectContentType(data)}
	r.that(len(data) > 0, "picture is empty", "图片是空的。")
	r.that(len(data) <= most, "picture is over "+says, "图片不能超过"+says+"，请压缩后再传。")
	known := false
	for _, ending := range kinds {
		known = known || extensionOf(u.kind) == ending
	}
	r.that(known, "file is no picture of the kinds allowed", "图片只能是"+zh+"。")
	return u
}

// UploadImage uploads a picture to be shown inside an article, PNG or JPEG up
// to MaxArticleImage, and returns its address.
func (c *Client) UploadImage(ctx context.Context, data []byte) (address string, err error) {
	var out struct {
		URL string `json:"url"`
	}
	r := review{path: "/cgi-bin/media/uploadimg"}
	file := picture(&r, data, MaxArticleImage, "1MB", "JPG、PNG", ".jpg", ".png")
	if r.err != nil {
		return "", r.err
	}
	k := call{path: r.path, file: file, out: &out}
	if err := c.do(ctx, k); err != nil {
		return "", err
	}
	if out.URL == "" {
		return "", unanswered(k, true, "answer holds no address", nil)
	}
	return out.URL, nil
}

// AddMaterial adds a picture to the account's permanent materials.
func (c *Client) AddMaterial(ctx context.Context, kind MaterialKind, data []byte) (Material, error) {
	var out struct {
		MediaID string `json:"media_id"`
		URL     string `json:"url"`
	}
	r := review{path: "/cgi-bin/material/add_material"}
	var file *upload
	switch kind {
	case MaterialImage:
		file = picture(&r, data, MaxImage, "2MB", "JPG、PNG、GIF、BMP", ".jpg", ".png", ".gif", ".bmp")
	case MaterialThumb:
		file = picture(&r, data, MaxThumb, "64KB", "JPG", ".jpg")
	default:
		r.that(false, "kind of material is unknown", "素材类型不对。")
	}
	if r.err != nil {
		return Material{}, r.err
	}
	k := call{path: r.path, query: url.Values{"type": {string(kind)}}, file: file, out: &out}
	if err := c.do(ctx, k); err != nil {
		return Material{}, err
	}
	if out.MediaID == "" {
		return Material{}, unanswered(k, true, "answer holds no media id", nil)
	}
	return Material{out.MediaID, out.URL}, nil
}
