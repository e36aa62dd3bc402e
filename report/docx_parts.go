package report

import (
	"fmt"
	"strings"
	"time"
)

// The names of the formats that the parts are written in.
const (
	nsWord     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	nsRelation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	nsDrawing  = "http://schemas.openxmlformats.org/drawingml/2006/main"
	nsPlace    = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
	nsChart    = "http://schemas.openxmlformats.org/drawingml/2006/chart"
	nsPackage  = "http://schemas.openxmlformats.org/package/2006/"
	kindWord   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	kindChart  = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
)

// parts are the files of the document, in the order in which they are written.
func (d *wordFile) parts(r Report) []wordPart {
	list := []wordPart{
		{"[Content_Types].xml", d.contentTypes()},
		{"_rels/.rels", relations(
			[3]string{"doc", nsRelation + "/officeDocument", "word/document.xml"},
			[3]string{"core", nsPackage + "relationships/metadata/core-properties", "docProps/core.xml"},
		)},
		{"docProps/core.xml", core(r)},
		{"word/document.xml", `<w:document xmlns:w="` + nsWord + `" xmlns:r="` + nsRelation + `" xmlns:a="` + nsDrawing +
			`" xmlns:wp="` + nsPlace + `" xmlns:c="` + nsChart + `"><w:body>` + d.body.String() + section + `</w:body></w:document>`},
		{"word/_rels/document.xml.rels", d.documentRelations()},
		{"word/styles.xml", wordStyles()},
		{"word/footer1.xml", footer},
	}
	for i, c := range d.charts {
		list = append(list, wordPart{fmt.Sprintf("word/charts/chart%d.xml", i+1), chartXML(c)})
	}
	return list
}

func (d *wordFile) contentTypes() string {
	var b strings.Builder
	b.WriteString(`<Types xmlns="` + nsPackage + `content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + kindWord + `document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="` + kindWord + `styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="` + kindWord + `footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`)
	for i := range d.charts {
		fmt.Fprintf(&b, `<Override PartName="/word/charts/chart%d.xml" ContentType="%s"/>`, i+1, kindChart)
	}
	return b.String() + `</Types>`
}

func (d *wordFile) documentRelations() string {
	list := [][3]string{
		{"styles", nsRelation + "/styles", "styles.xml"},
		{"footer", nsRelation + "/footer", "footer1.xml"},
	}
	for i := range d.charts {
		list = append(list, [3]string{fmt.Sprint("chart", i+1), nsRelation + "/chart", fmt.Sprintf("charts/chart%d.xml", i+1)})
	}
	return relations(list...)
}

// relations lists what a part refers to: id, kind, target.
func relations(list ...[3]string) string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="` + nsPackage + `relationships">`)
	for _, r := range list {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"/>`, r[0], r[1], r[2])
	}
	return b.String() + `</Relationships>`
}

func core(r Report) string {
	at := r.Now.UTC().Format(time.RFC3339)
	who, what := r.title()
	return `<cp:coreProperties xmlns:cp="` + nsPackage + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
		` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + escaped(who+what) +
		`</dc:title><dc:creator>` + escaped(r.who()) + `</dc:creator><dc:language>zh-CN</dc:language>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created></cp:coreProperties>`
}

// section is A4 with the margins of GB/T 9704—2012: 37 mm above, 35 below, 28
// on the left, 26 on the right.
const section = `<w:sectPr><w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="11906" w:h="16838"/>` +
	`<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1400" w:gutter="0"/></w:sectPr>`

const footer = `<w:ftr xmlns:w="` + nsWord + `"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t>— </w:t></w:r>` +
	`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
	`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>` +
	`<w:r><w:t> —</w:t></w:r></w:p></w:ftr>`

// wordStyle is one style of paragraphs.
type wordStyle struct {
	id, name, font string
	size           int
	bold           bool
	paragraph      string // its properties
	outline        string
}

func wordStyles() string {
	const exact = `<w:spacing w:line="560" w:lineRule="exact"/>` // 28 points
	indent := fmt.Sprintf(`<w:ind w:firstLineChars="200" w:firstLine="%d"/>`, twoSigns)
	var b strings.Builder
	b.WriteString(`<w:styles xmlns:w="` + nsWord + `"><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(bodyFont) + half(bodySize) +
		`<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>`)
	for _, s := range []wordStyle{
		{"Normal", "Normal", bodyFont, bodySize, false, exact + indent + `<w:jc w:val="both"/>`, ""},
		{"Title", "Title", titleFont, titleSize, true, `<w:spacing w:before="0" w:after="560" w:line="720" w:lineRule="exact"/><w:jc w:val="center"/>`, ""},
		{"Heading1", "heading 1", headFont, bodySize, false, `<w:keepNext/><w:spacing w:before="200" w:line="560" w:lineRule="exact"/>` + indent, "0"},
		{"Heading2", "heading 2", subFont, bodySize, false, `<w:keepNext/>` + exact + indent, "1"},
		{"Caption", "caption", headFont, captionSize, false, `<w:keepNext/><w:spacing w:before="160" w:after="80"/><w:jc w:val="center"/>`, ""},
		{"Figure", "figure caption", headFont, captionSize, false, `<w:spacing w:before="40" w:after="200"/><w:jc w:val="center"/>`, ""},
		{"Picture", "picture", bodyFont, tableSize, false, `<w:keepNext/><w:spacing w:before="120"/><w:jc w:val="center"/>`, ""},
		{"Cell", "table cell", titleFont, tableSize, false, `<w:spacing w:before="20" w:after="20"/>`, ""},
		{"CellSmall", "table cell small", titleFont, 17, false, `<w:spacing w:before="20" w:after="20"/>`, ""},
		{"Small", "small", bodyFont, tableSize, false, `<w:spacing w:before="40" w:after="120"/>`, ""},
		{"Closing", "Closing", bodyFont, bodySize, false, exact + `<w:ind w:right="640"/><w:jc w:val="right"/>`, ""},
		{"Footer", "footer", titleFont, 28, false, `<w:jc w:val="center"/>`, ""},
	} {
		b.WriteString(s.xml())
	}
	return b.String() + gridStyle + `</w:styles>`
}

func (s wordStyle) xml() string {
	initial, bold, outline := "", "", ""
	if s.id == "Normal" {
		initial = ` w:default="1"`
	}
	if s.bold {
		bold = `<w:b/>`
	}
	if s.outline != "" {
		outline = `<w:outlineLvl w:val="` + s.outline + `"/>`
	}
	return `<w:style w:type="paragraph"` + initial + ` w:styleId="` + s.id + `"><w:name w:val="` + s.name + `"/><w:qFormat/><w:pPr>` +
		s.paragraph + outline + `</w:pPr><w:rPr>` + fonts(s.font) + bold + half(s.size) + `</w:rPr></w:style>`
}

func fonts(name string) string {
	return `<w:rFonts w:ascii="` + latinFont + `" w:hAnsi="` + latinFont + `" w:cs="` + latinFont + `" w:eastAsia="` + name + `"/>`
}

func half(size int) string { return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, size, size) }

const gridStyle = `<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>` +
	`<w:top w:val="single" w:sz="8" w:color="404040"/><w:left w:val="single" w:sz="4" w:color="808080"/>` +
	`<w:bottom w:val="single" w:sz="8" w:color="404040"/><w:right w:val="single" w:sz="4" w:color="808080"/>` +
	`<w:insideH w:val="single" w:sz="4" w:color="808080"/><w:insideV w:val="single" w:sz="4" w:color="808080"/></w:tblBorders>` +
	`<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`
