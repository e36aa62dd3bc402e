package console

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
	"pufa/staff"
)

// The limits of an import.
const (
	maxUpload   = maxFile + 256<<10 // bytes of a body: the file, and what a form adds
	maxFile     = 10 << 20
	maxHeld     = 16 << 20 // bytes of what a dry run hands on, unpacked
	maxName     = 80       // characters of a file's name
	shownFaults = 200
)

type importPage struct {
	Editor  bool
	Name    string
	Tally   edit.Tally
	Faults  []fault
	More    int // faults that are not shown
	Changes []importRow
	Held    string // what is kept by the second button
	Count   int    // of drafts
	Reason  string
	Topics  []option
	Done    bool // a file was looked at
}

// importRow is an entry that is new or would change.
type importRow struct {
	ID, Title, Place string
	New              bool
	Changes          []sheet.Difference
}

func (v *visit) importPage() error {
	return v.page("content-import", "导入导出", v.blankImport())
}

func (v *visit) blankImport() importPage {
	return importPage{Editor: v.who.May(staff.Editor), Topics: topicOptions(v.Content.Live.Library(), "")}
}

// importFile looks at a file and says what it would do. Nothing of it is kept.
func (v *visit) importFile() error {
	p := v.blankImport()
	name, data, err := v.upload()
	if err != nil {
		if problem, ok := uploadProblem(err); ok {
			return v.again("content-import", "导入导出", problem, p)
		}
		return err
	}
	p.Name, p.Done = name, true
	in, err := v.Content.Desk.NewIntake(v.r.Context())
	if err != nil {
		return err
	}
	if err := gather(in, name, data); err != nil {
		p.Done = false
		return v.again("content-import", "导入导出", "这个文件不能导入："+importProblem(err), p)
	}
	in.Check()
	if err := v.result(&p, in); err != nil {
		return err
	}
	return v.page("content-import", "导入导出", p)
}

var (
	errNoFile  = errors.New("no file was sent")
	errTooLong = errors.New("the file is too long")
)

// upload reads the file of the form, at most maxFile bytes.
func (v *visit) upload() (name string, data []byte, err error) {
	form, err := v.r.MultipartReader()
	if err != nil {
		return "", nil, errNoFile
	}
	for {
		part, err := form.NextPart()
		switch {
		case err == io.EOF:
			return "", nil, errNoFile
		case err != nil:
			return "", nil, badForm(err)
		case part.FormName() != "file":
			continue
		}
		data, err = io.ReadAll(io.LimitReader(part, maxFile+1))
		switch {
		case err != nil:
			return "", nil, badForm(err)
		case len(data) > maxFile:
			return "", nil, errTooLong
		case len(data) == 0:
			return "", nil, errNoFile
		}
		return plainName(part.FileName()), data, nil
	}
}

// plainName is a file's name as it may be shown.
func plainName(name string) string {
	name = strings.ToValidUTF8(path.Base(strings.ReplaceAll(name, `\`, "/")), "")
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[len(runes)-maxName:])
	}
	return name
}

func uploadProblem(err error) (string, bool) {
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, errNoFile):
		return "请先选一个文件。", true
	case errors.Is(err, errTooLong), errors.As(err, &tooLong):
		return "文件超过10 MB，没有读。请分成几个文件导入。", true
	}
	return "", false
}

// gather reads a file by the end of its name.
func gather(in *edit.Intake, name string, data []byte) error {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		return gatherRows(in, name, data, sheet.ReadCSV)
	case ".xlsx":
		return gatherRows(in, name, data, sheet.ReadXLSX)
	case ".zip":
		return in.AddZip(name, data)
	case ".md":
		text, err := sheet.Text(data)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		file := name
		if e, err := content.ParseEntry(name, text); err == nil {
			file = e.ID + ".md"
		}
		in.Add(file, name, text)
		return nil
	}
	return errKind
}

var errKind = errors.New("want a .csv, an .xlsx, a .md or a .zip")

func gatherRows(in *edit.Intake, name string, data []byte, read func(string, io.Reader) ([]sheet.Row, error)) error {
	rows, err := read(name, bytes.NewReader(data))
	if err != nil {
		return err
	}
	for _, row := range rows {
		in.AddRow(name, row)
	}
	return nil
}

// importProblem says in Chinese why nothing of a file can be used.
func importProblem(err error) string {
	if errors.Is(err, errKind) {
		return "只收 .csv、.xlsx、.md 和装着 .md 的 .zip。"
	}
	var list []string
	for _, one := range flat(err) {
		var p sheet.Problem
		var m edit.Mistake
		switch {
		case errors.As(one, &m):
			list = append(list, m.File+"："+inChinese(m.What))
		case errors.As(one, &p) && p.Column != "":
			list = append(list, fmt.Sprintf("第%d行 %s列：%s", p.Row, p.Column, inChinese(p.What)))
		case errors.As(one, &p):
			list = append(list, inChinese(p.What))
		default:
			list = append(list, inChinese(one.Error()))
		}
	}
	return strings.Join(list, "；")
}

// flat takes a joined error apart.
func flat(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}

// result says what the import would do, and packs what it would keep.
func (v *visit) result(p *importPage, in *edit.Intake) error {
	heads, err := v.Content.Desk.Shelf.Heads(v.r.Context())
	if err != nil {
		return err
	}
	newest := map[string]edit.Head{}
	for _, h := range heads {
		newest[h.Entry] = h
	}
	all := faultsOf(in.All())
	for _, one := range in.Entries {
		if h := newest[one.ID()]; h.Open() && h.Author != v.who.Name && !one.IsSame() {
			all = append(all, fault{Place: one.ID(), Text: h.Author + "写的第" + itoa(h.Newest) + "版还没有处理完，请先发布或退回那一版"})
		}
		if len(one.Mistakes) == 0 && !one.IsSame() {
			p.Changes = append(p.Changes, importRow{one.ID(), one.Entry.Title, one.Place, one.Old == nil, one.Changes})
		}
	}
	p.Tally = in.Count()
	p.Faults = all[:min(len(all), shownFaults)]
	p.More = len(all) - len(p.Faults)
	if p.Count = len(p.Changes); len(all) > 0 || p.Count == 0 || p.Count > edit.MaxAtOnce {
		return nil
	}
	p.Held, err = packed(in, newest)
	return err
}

// packed are the drafts of a dry run as the second form carries them: the
// server holds nothing in between.
func packed(in *edit.Intake, heads map[string]edit.Head) (string, error) {
	var list []edit.Proposal
	texts := in.Texts()
	for _, one := range in.Entries {
		if text, ok := texts[one.File]; ok {
			list = append(list, edit.Proposal{Entry: one.ID(), Seen: heads[one.ID()].Newest, Text: string(text)})
		}
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	if err := errors.Join(json.NewEncoder(zip).Encode(list), zip.Close()); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// unpacked reads them again. They come from a browser: everything is judged
// anew when it is saved.
func unpacked(held string) (list []edit.Proposal, err error) {
	data, err := base64.StdEncoding.DecodeString(held)
	if err != nil {
		return nil, errBadForm
	}
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errBadForm
	}
	if err := json.NewDecoder(io.LimitReader(zip, maxHeld)).Decode(&list); err != nil {
		return nil, errBadForm
	}
	return list, nil
}

// keepImport saves what a dry run showed, as drafts: all of them or none.
func (v *visit) keepImport() error {
	if err := v.r.ParseForm(); err != nil {
		return badForm(err)
	}
	list, err := unpacked(v.form("held"))
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Reason = v.form("reason")
	}
	saved, err := v.Content.Desk.Save(v.r.Context(), v.who, list...)
	switch {
	case errors.Is(err, edit.ErrReason):
		p := v.blankImport()
		p.Held, p.Count, p.Done = v.form("held"), len(list), true
		return v.again("content-import", "导入导出", sayReason, p)
	case errors.Is(err, edit.ErrChanged):
		return v.render(http.StatusConflict, "content-refused", frame{
			Title: "没有办成", Problem: "试导入之后，有人改了其中的条目（或刚才已经存过一遍），这次一条都没有保存。请重新上传，再试一遍。",
			Page: refusedPage{Back: contentPath + "/import"},
		})
	case err != nil:
		return v.refused(err, contentPath+"/import")
	}
	return v.done(approvePath, "已把 "+itoa(len(saved))+" 条存为草稿。请另一位同事核对、发布，居民才会看到。")
}

// exportEntries writes the entries as residents read them.
func (v *visit) exportEntries() error {
	lib := v.Content.Live.Library()
	q := v.r.URL.Query()
	entries := lib.Entries()
	if topic := q.Get("topic"); topic != "" {
		entries = lib.EntriesOf(topic)
	}
	format := q.Get("format")
	write, ok := map[string]func(io.Writer, []*content.Entry) error{
		"csv": sheet.WriteCSV, "xlsx": sheet.WriteXLSX, "zip": edit.WriteZip,
	}[format]
	if !ok || len(entries) == 0 {
		return errNoPage
	}
	var b bytes.Buffer
	if err := write(&b, slices.Clone(entries)); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", map[string]string{
		"csv": "text/csv; charset=utf-8", "zip": "application/zip",
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	}[format])
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "entries-" + dateOf(v.Now()) + "." + format}))
	_, err := b.WriteTo(v.w)
	return err
}
